-- question: Which calls do the transcript records of "gathered" show, where logs repeat a call while it streams,
--           when a session is resumed or forked, and when a subagent replays what its parent was told?
-- grain: one row per call: message id (request id, then file and line, where there is none), and request id
--        where the main thread shows one message id under several requests
with named as (
    select
        *,
        coalesce(nullif(message, ''), nullif(request, ''), file || ':' || "row") as name,
        not sidechain and agent = '' as is_main
    from gathered
),
grouped as (
    select
        *,
        bool_or(is_main) over (partition by product, name) as has_main,
        min(case when is_main then nullif(request, '') end) over (partition by product, name) as first_request
    from named
),
told as (
    select
        *,
        case when is_main then coalesce(nullif(request, ''), first_request, '') else '' end as call
    from grouped
    where is_main = has_main
),
ranked as (
    select
        *,
        row_number() over (
            partition by product, name, call order by output_tokens desc, time, file, "row"
        ) as place,
        min(time) over (partition by product, name, call) as first_time,
        bool_and(output_at_least) over (partition by product, name, call) as all_at_least,
        max(request) over (partition by product, name, call) as any_request,
        /*largest*/
    from told
)
select /*columns*/ from ranked where place = 1
