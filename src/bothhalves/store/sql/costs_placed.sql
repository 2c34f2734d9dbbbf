-- question: In which local month does each stated cost lie?
-- grain: one row per stored cost; a period of a day or longer keeps the day of its source
select
    *,
    strftime(
        case when until - time >= interval 1 day then time else /*local*/ end,
        '%Y-%m'
    ) as month
from costs
