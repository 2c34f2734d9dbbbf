-- rule: A cell has a real span and prompt class, counts nothing negative, and a quantity exactly where it has a meter.
select feed, source, first_row
from usage
where until <= start
    or prompt_above < -1
    or prompt_upto <= prompt_above
    or least(input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
        cache_write_tokens, output_tokens, web_searches, output_at_least, rows - 1) < 0
    or (meter <> '') <> (quantity is not null)
