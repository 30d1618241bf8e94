"""An episode of need: from the referral over assessment, enquiry, plans and care to its closure."""

from typing import Final

from annexa.sample import adoption, care, codes, front, protection
from annexa.sample.draw import Scale, Weighted
from annexa.sample.family import Child, Family, World
from annexa.sample.line import COURT, Line, draw_line

_SUPPORTED: Final = Scale((0.0, 40), (0.35, 130), (0.75, 290), (0.95, 560), (1.0, 1000))
_BREAKS: Final = Scale((0.0, 200), (1.0, 1500))
_SEEN: Final = Weighted({"Y": 94, "N": 3.5, None: 2.5})
_CANCELLED: Final = Weighted({"cancelled": 60, "error": 40})
_BACK_HOME: Final = frozenset({"E4A", "E4B", "E13", "E8", "E9", "E14"})


def refer(world: World, family: Family, day: int, path: str) -> int:
    """Write a contact on this day that becomes a referral, and all that follows; return the day the last case closes.

    Args:
        world: of the sample.
        family: whose children are referred: those with no open case.
        day: of the contact; the referral is made on that or the next working day.
        path: `nfa`, `noted`, `transfer in`, `other authority`, `assess`, `cin`, `enquiry`, `conference`, `plan`, or
            one of line.CARE.
    """
    children = family.ready(day)
    if not children:
        return day
    line = draw_line(world, day, path)
    front.contact(world, children, day, codes.CONTACT_REFERRED, line.source)
    end = max(Case(world, family, child, line).run() for child in children)
    draw = world.draw
    for _ in range(draw.between(0, 1 + min(end - line.opened, 400) // 130)):
        again = draw.between(line.opened, min(end, line.opened + 700))
        present = [child for child in children if child.cap > again and child.free > again]
        if present:
            front.contact(world, present, again, codes.CONTACT_OPEN_CASE, draw.deal(codes.SOURCE))
    return end


class Case:
    """One child's episode of need. `reached` is the day to which work has been recorded."""

    def __init__(self, world: World, family: Family, child: Child, line: Line) -> None:
        self.world = world
        self.family = family
        self.child = child
        self.line = line
        self.reached = line.opened
        self.nothing_more = False  # assessed, and no service followed
        self.ended = ""  # reason why the last period of care ended

    def run(self) -> int:
        """Write the episode and return the day on which the case closes."""
        line, path = self.line, self.line.path
        if path in {"nfa", "noted"}:
            self.nothing_more = True
            self.reached += 0 if path == "nfa" else self.world.draw.between(15, 90)
        elif path == "other authority":
            self._other_authority()
        elif path == "transfer in":
            self._confer(None)
            self._support()
        else:
            self._assess()
            if line.strategy is not None:
                self._enquire(line.strategy)
            if line.held is not None:
                self._confer(line.enquiry)
            if path == "short_breaks":
                self._short_breaks()
            elif line.care_from is not None:
                self._care(max(line.care_from, self.child.born + 1))
            elif line.supported or (path == "plan" and self.world.draw.chance(0.7)):
                self._support()
        return self._close()

    def _assess(self) -> None:
        line, draw = self.line, self.world.draw
        self.nothing_more = line.path == "assess"
        if self.nothing_more:
            outcome = codes.ASSESSED_NFA if draw.chance(0.8) else codes.ASSESSED_ELSEWHERE
        elif line.path == "short_breaks":
            outcome = codes.ASSESSED_SHORT_BREAKS
        elif line.care_from is not None and line.care_from <= line.assessed_to:
            outcome = codes.ASSESSED_CARE
        else:
            outcome = codes.ASSESSED_SERVICES if line.strategy is None else codes.ASSESSED_STRATEGY
        self._assessment(line.assessed_from, line.assessed_to, outcome)
        self.reached = min(line.assessed_to, self.child.cap)
        if draw.chance(0.012):
            number = self._assessment(line.assessed_from, None, None)
            self.world.book.add(
                "annexa_assessments", line.assessed_from, assessment_id=number, status=draw.deal(_CANCELLED)
            )

    def _assessment(self, start: int, end: int | None, outcome: str | None) -> int:
        world, family, child = self.world, self.family, self.child
        end = None if end is None else min(end, child.cap)
        team = "assessment" if start < self.line.assessed_to else "safeguarding"
        seen = max(start + 4, child.born)
        number = world.book.new_id("assessment", 450_001)
        world.book.add(
            "ssd_cin_assessments",
            start,
            _seen=seen,
            cina_assessment_id=number,
            cina_person_id=child.person,
            cina_referral_id=self.line.referral,
            cina_assessment_start_date=start,
            cina_assessment_child_seen=world.draw.pick(_SEEN) if end is not None and seen <= end else None,
            cina_assessment_auth_date=end,
            cina_assessment_outcome_json=outcome,
            cina_assessment_outcome_nfa=None if outcome is None else "Y" if self.nothing_more else "N",
            cina_assessment_team=world.staff.team(team, family.patch),
            cina_assessment_worker_id=world.staff.worker(team, family.patch, family.post, start),
        )
        return number

    def _enquire(self, strategy: int) -> None:
        line = self.line
        if line.held is not None:
            outcome = codes.ENQUIRY_CONFERENCE
        elif line.path in COURT:
            outcome = codes.ENQUIRY_LEGAL
        else:
            outcome = codes.ENQUIRY_SERVICES if line.supported else codes.ENQUIRY_NFA
        days = (strategy, line.enquired)
        protection.enquiry(self.world, self.family, self.child, line.referral, line.enquiry, days, outcome)
        self.reached = min(max(self.reached, line.enquired), self.child.cap)
        if self.world.draw.chance(0.03) and self.child.born < strategy:
            protection.emergency(self.world, self.child, strategy)

    def _confer(self, enquiry: int | None) -> None:
        line, world, child = self.line, self.world, self.child
        held = line.held or 0
        if held >= child.cap:
            return
        end = self._plan_end(held)
        planned = line.path != "conference" and end > held + 5 and (enquiry is None or world.draw.chance(0.94))
        plan = world.book.new_id("cp plan", 620_001) if planned else None
        booked = line.opened if line.strategy is None else min(line.strategy + 3, held)
        number = protection.conference(
            world,
            self.family,
            child,
            line.referral,
            held,
            meeting=line.meeting,
            booked=booked,
            enquiry_id=enquiry,
            plan_id=plan,
        )
        if plan is not None:
            protection.plan(
                world, child, line.referral, plan, (held, end), category=line.category, conference_id=number
            )
            self._enquire_again(held, end)
            self.reached = max(self.reached, end)
        else:
            self.line.supported = True

    def _plan_end(self, held: int) -> int:
        """Return the day on which the plan ends: where care follows, then or some weeks later."""
        line, draw = self.line, self.world.draw
        if line.care_from is None:
            return min(held + line.protected, self.child.cap)
        begins = max(line.care_from, self.child.born + 1)
        return min(begins + (draw.between(8, 45) if draw.chance(0.3) else 0), self.child.cap)

    def _enquire_again(self, start: int, end: int) -> None:
        draw = self.world.draw
        if end - start < 150 or not draw.chance(0.12):
            return
        day = draw.between(start + 40, end - 30)
        number = self.world.book.new_id("enquiry", 500_001)
        days = (day, day + draw.between(5, 14))
        outcome = codes.ENQUIRY_SERVICES
        protection.enquiry(self.world, self.family, self.child, self.line.referral, number, days, outcome)

    def _other_authority(self) -> None:
        world, child, line = self.world, self.child, self.line
        days = (line.opened + 2, min(line.opened + world.draw.between(60, 220), child.cap))
        number = world.book.new_id("cp plan", 620_001)
        category = line.category
        protection.plan(
            world, child, line.referral, number, days, category=category, conference_id=None, other_authority=True
        )
        self.reached = days[1]

    def _support(self, until: int | None = None) -> None:
        """Write a child in need plan with its visits, from the day reached to `until` or for some months."""
        world, child, line = self.world, self.child, self.line
        draw = world.draw
        start = self.reached
        end = min(start + draw.days(_SUPPORTED) if until is None else until, child.cap)
        if end <= start:
            return
        team = "disability" if child.disabled else "safeguarding"
        world.book.add(
            "ssd_cin_plans",
            start,
            cinp_cin_plan_id=world.book.new_id("cin plan", 460_001),
            cinp_referral_id=line.referral,
            cinp_person_id=child.person,
            cinp_cin_plan_start_date=start,
            cinp_cin_plan_end_date=end,
            cinp_cin_plan_team=world.staff.team(team, self.family.patch),
            cinp_cin_plan_worker_id=world.staff.worker(team, self.family.patch, self.family.post, start),
        )
        self._visits(start, end, 20, 36)
        if end - start > 250 and draw.chance(0.4):
            day = draw.between(start + 60, end - 80)
            self._assessment(day, day + draw.between(20, 58), codes.ASSESSED_SERVICES)
        self.reached = end

    def _visits(self, start: int, end: int, low: int, high: int) -> None:
        world, child = self.world, self.child
        draw = world.draw
        last = min(end, world.horizon)
        day = max(start, child.born) + draw.between(2, high)
        while day <= last:
            seen = draw.pick(codes.SEEN)
            world.book.add(
                "ssd_cin_visits",
                day,
                cinv_cin_visit_id=world.book.new_id("cin visit", 61_000_001),
                cinv_person_id=child.person,
                cinv_cin_visit_date=day,
                cinv_cin_visit_seen=seen,
                cinv_cin_visit_seen_alone="N" if seen == "N" else draw.pick(codes.ALONE),
                cinv_cin_visit_bedroom="Y" if draw.chance(0.5) else "N",
            )
            day += draw.between(low, high) if draw.chance(0.93) else draw.between(high, 80)

    def _short_breaks(self) -> None:
        child = self.child
        start = self.reached + self.world.draw.between(5, 50)
        end = min(start + self.world.draw.days(_BREAKS), child.cap)
        if start < end:
            care.short_breaks(self.world, child, start, end, self.line.referral)
        self._support(end)

    def _care(self, start: int) -> None:
        """Write one period of care after the other, with child in need plans before and between them."""
        world, child, draw = self.world, self.child, self.world.draw
        variant = self.line.path
        while True:
            if start > self.reached + 20:
                self._support(start)
            if start >= child.cap - 3:
                return
            period = care.period(world, self.family, child, start, variant, self.line.referral)
            if child.uasc and not child.care:
                care.immigration(world, child, period)
            child.care.append(period)
            self._involve("IRO", "reviewing", period.start, period.end)
            self.reached, self.ended = max(self.reached, period.end), period.reason
            if period.reason in {"E45", "E46", "E47", "E48", "E41"} and variant != "adoption" and draw.chance(0.7):
                kind = "Child Arrangements" if period.reason == "E41" else "Special Guardianship"
                adoption.other_order(world, child, period.end, kind)
            if period.reason not in _BACK_HOME or period.end >= child.cap:
                return
            if not draw.chance(0.13):
                if draw.chance(0.7):
                    self._support()
                return
            start = self.reached + draw.between(21, 260)
            variant = "voluntary" if draw.chance(0.6) else "proceedings"

    def _close(self) -> int:
        child, draw, line = self.child, self.world.draw, self.line
        close = self.reached + draw.between(0, 8)
        reason = self._reason()
        if close >= child.eighteen and child.cap != child.died:
            close, reason = child.eighteen, "RC6" if child.disabled else "RC7"
            if child.care and child.care[-1].end == child.eighteen and draw.chance(0.35):
                close += draw.between(200, 1000)  # the case stays open in the leaving care team
        if child.died is not None and child.died <= close:
            close, reason = child.died + draw.between(0, 7), "RC2"
        self._referral(close, reason)
        self._caseworkers(min(close, child.cap))
        if not self.nothing_more and not child.care:
            care.missing(self.world, child, (line.opened, close), 0.04)
        child.free = close + 10
        return close

    def _reason(self) -> str:
        if self.line.path in {"nfa", "noted"}:
            return "RC8"
        if self.ended:
            return codes.CLOSES_AS.get(self.ended, "RC7")
        return self.world.draw.deal(codes.AFTER_ASSESSMENT if self.nothing_more else codes.CLOSURE)

    def _referral(self, close: int, reason: str) -> None:
        world, line, family = self.world, self.line, self.family
        kind = {"nfa": "nfa", "noted": "noted", "transfer in": "transfer_in"}.get(line.path)
        if kind is None:
            kind = "enquiry" if line.strategy is not None else "care" if line.care_from is not None else "assessed"
        world.book.add(
            "ssd_cin_episodes",
            line.opened,
            cine_referral_id=line.referral,
            cine_person_id=self.child.person,
            cine_referral_date=line.opened,
            cine_cin_primary_need_code=self.child.need,
            cine_referral_source_code=line.source,
            cine_referral_source_desc=codes.SOURCE_TEXT[line.source],
            cine_referral_outcome_json=codes.REFERRAL_OUTCOME[kind],
            cine_referral_nfa="Y" if line.path == "nfa" else "N",
            cine_close_reason=reason,
            cine_close_date=close,
            cine_referral_team=world.staff.team("assessment", family.patch),
            cine_referral_worker_id=world.staff.worker("assessment", family.patch, family.post, line.opened),
        )

    def _caseworkers(self, close: int) -> None:
        """Write the allocated workers: assessment team, then a longer-term team, the children in care team in care."""
        line, child = self.line, self.child
        longer = "disability" if child.disabled else "safeguarding"
        steps = [("assessment", line.opened)]
        if close > line.assessed_to + 10:
            steps.append((longer, line.assessed_to + 4))
        for period in child.care:
            handed = period.start + 45
            if line.opened <= period.start and period.end > handed > steps[-1][1]:
                steps.append(("care", handed))
                if close > period.end:
                    steps.append((longer, period.end))
        for n, (kind, start) in enumerate(steps):
            self._involve("CW", kind, start, steps[n + 1][1] if n + 1 < len(steps) else close)

    def _involve(self, role: str, kind: str, start: int, end: int) -> None:
        world, family = self.world, self.family
        for spell in world.staff.spells(kind, family.patch, family.post, start, max(end, start)):
            world.book.add(
                "ssd_involvements",
                spell.start,
                invo_involvements_id=world.book.new_id("involvement", 69_000_001),
                invo_professional_id=spell.worker,
                invo_professional_role_id=role,
                invo_professional_team=world.staff.team(kind, family.patch),
                invo_involvement_start_date=spell.start,
                invo_involvement_end_date=spell.end,
                invo_worker_change_reason=spell.reason,
                invo_person_id=self.child.person,
                invo_referral_id=self.line.referral,
            )
