"""A synthetic authority: children with consistent journeys through early help, need, protection, care and adoption.

`generate` makes the tables of an extract, `plant_defects` puts known faults into them, `write_sample` writes them.
Nothing in a sample is real: names, numbers, places and authorities are invented.

The proportions are near those of an English authority. They are tested at 20,000 children. The national figures are
published national rates, rounded, from general knowledge, for about 2.6 million children known in six years; they are
given for 100 children known, as the sample's are.

| what | at the inspection date, or in the months before it | national, about | sample, about |
|---|---|---|---|
| contacts | 3 months, a row a child | 12 to 20 | 13 |
| early help, open or ended | 6 months, assessments and episodes | 5 to 8 | 7 |
| referrals | 3 months | 6.2 | 6 |
| assessments, open or authorised | 6 months | 14.5 | 14 |
| section 47 enquiries | 6 months | 3.9 | 3.7 |
| children in need, open cases | at the date | 15.4 | 14 |
| children on child protection plans | at the date | 2.0 | 1.9 |
| children looked after, no short breaks | at the date | 3.0 | 3.2 |
| periods of care begun | 12 months | 1.2 | 1.4 |
| care leavers receiving services | at the date | 1.9 | 1.8 |
| adoption decided, not adopted | at the date | 0.25 | 0.3 |
| children adopted | 12 months | 0.15 | 0.2 |

Adopters, rare legal statuses, end reasons and placements occur more often than in life, so that a sample of 2,000
children shows every code.
"""

from annexa.sample.defects import plant_defects
from annexa.sample.generate import HORIZON, generate
from annexa.sample.write import write_sample

__all__ = ["HORIZON", "generate", "plant_defects", "write_sample"]
