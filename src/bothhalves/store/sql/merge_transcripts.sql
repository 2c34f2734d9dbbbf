-- question: Which calls do the transcript records in "gathered" of the messages in "repeated" show, where logs
--           repeat a call while it streams, when a session is resumed or forked, and when a sub-agent replays
--           what its parent was told?
-- grain: one row per call: message id, and request id where the main thread shows one message id under
--        several requests. The rule is that of the readers of transcripts: a record of a sub-agent with a
--        request of its own only replays a call that the main thread shows.
with placed as (
    select
        *,
        not sidechain and not agent as is_main,
        bool_or(not sidechain and not agent) over (partition by product, message) as has_main,
        bool_or(not sidechain and not agent) over (partition by product, message, request) as is_main_request,
        first_value(case when not sidechain and not agent then nullif(request, '') end ignore nulls) over (
            partition by product, message order by time, file, "row"
            rows between unbounded preceding and unbounded following
        ) as first_request
    from gathered as g
    where exists (select 1 from repeated as r where r.product = g.product and r.message = g.message)
),
told as (
    select
        *,
        case
            when not has_main then ''
            when request <> '' and is_main_request then request
            when request = '' then coalesce(first_request, '')
        end as call
    from placed
),
ranked as (
    select
        *,
        row_number() over (
            partition by product, message, call order by not is_main, output_tokens desc, time, file, "row"
        ) as place,
        bool_and(output_at_least) over (partition by product, message, call) as all_at_least,
        /*largest*/
    from told
    where call is not null
)
select /*columns*/ from ranked where place = 1
