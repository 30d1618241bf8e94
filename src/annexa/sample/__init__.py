"""A synthetic authority: children with consistent journeys through early help, need, protection, care and adoption.

`generate` makes the tables of an extract, `plant_defects` puts known faults into them, `write_sample` writes them.
Extracts of one authority on many days are cheaper from one `story`, by `extract_of`.
Nothing in a sample is real: names, numbers, places and authorities are invented.

The proportions are near those of an English authority, and tested at 20,000 children. Figures are for 100 children
known to the authority. The national ones are published national rates, rounded, from general knowledge, set against
about 2.6 million children known in six years.

| what | when | national, about | sample, about |
|---|---|---|---|
| contacts, a row a child | 3 months | 15 | 13.6 |
| early help, a row a child and record | 6 months | 6 | 5 |
| referrals | 3 months | 6.2 | 6.0 |
| assessments, open or authorised | 6 months | 14.5 | 14.7 |
| section 47 enquiries | 6 months | 3.9 | 3.8 |
| children in need, all open cases | at the date | 15.4 | 14.5 |
| children on child protection plans | at the date | 2.0 | 2.2 |
| children looked after, short breaks left out | at the date | 3.0 | 3.0 |
| periods of care begun | 12 months | 1.2 | 1.3 |
| care leavers receiving services | at the date | 1.9 | 1.7 |
| children waiting with an adoption decision | at the date | 0.25 | 0.26 |
| children adopted | 12 months | 0.15 | 0.2 |

Adopters, rare statuses, rare reasons and rare placements occur more often than in life, so that a sample of 2,000
children shows every code. The authority is called Exshire (X01); its neighbours are as invented as it is.
"""

from annexa.sample.defects import plant_defects
from annexa.sample.generate import HORIZON, extract_of, generate, story
from annexa.sample.write import write_sample

__all__ = ["HORIZON", "extract_of", "generate", "plant_defects", "story", "write_sample"]
