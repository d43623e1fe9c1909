from decimal import Decimal

from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools import format_list

SHOWN = 5


class CreditReason(models.AbstractModel):
    """Puts the engine's reasons into sentences, in the language of whoever reads them.

    Reasons are stored as figures and parties: a stored sentence would be frozen in the
    language
    of the person who happened to start the computation.
    """

    _name = "credit.reason"
    _description = "Reasons in Words"

    @api.model
    def _sentences(self, basis):
        """Sentences for one reason (``Basis.as_dict`` of the engine)."""
        if not basis:
            return []
        if basis["kind"] == "related":
            names = self._names([partner for partner, _relation in basis["others"]])
            return [
                self.env._("Judged a related party of %s under criterion (4).", names)
            ]
        if basis["kind"] == "dependence":
            return self._dependence_sentences(basis)
        if basis["kind"] == "root":
            return [self.env._("No other company controls it; it stands at the head.")]
        sentences = [self._main_sentence(basis)]
        for stake in basis["via"]:
            if stake.get("grantor"):
                sentences.append(self._grant_sentence(stake))
        return sentences

    def _dependence_sentences(self, basis):
        """Why a failure would spread to this member, or from it."""
        names = {
            part: self._names([partner for partner, _relation in basis[part]])
            for part in ("on", "carried")
        }
        sentences = []
        if names["on"]:
            sentences.append(self.env._("It depends economically on %s.", names["on"]))
        if names["carried"]:
            sentences.append(
                self.env._(
                    "%s would fall with it: economic dependence.", names["carried"]
                )
            )
        if basis["with"]:
            sentences.append(
                self.env._(
                    "It belongs to one control group with %s.",
                    self._names(basis["with"]),
                )
            )
        return sentences

    def _main_sentence(self, basis):
        kind = basis["kind"]
        holders = self._holders(basis)
        if kind == "votes":
            return self._votes_sentence(basis, holders)
        if kind in ("board", "board_votes"):
            return self._board_sentence(basis, holders)
        texts = {
            "articles": self.env._(
                "The articles of association put it under the control of %s.", holders
            ),
            "consolidation": self.env._("%s consolidates it in its accounts.", holders),
            "vie": self.env._("%s controls it through VIE contracts.", holders),
            "manual": self.env._(
                "%s actually controls it, as judged on the evidence.", holders
            ),
        }
        return texts.get(kind) or self.env._("Controlled by %s.", holders)

    def _votes_sentence(self, basis, holders):
        text = self._who_holds(basis, holders)
        base = percent(basis["base"])
        if base != "100":
            text += self.env._(
                " Only %(base)s %% of the votes can be cast, so that is %(share)s %%.",
                base=base,
                share=percent(basis["share"]),
            )
        return text

    def _who_holds(self, basis, holders):
        seeds, votes = self._names(basis["seeds"]), percent(basis["votes"])
        is_direct = [stake["direct"] for stake in basis["via"]]
        if len(basis["seeds"]) > 1:
            return self.env._(
                "The near relatives %(seeds)s and the companies they control together "
                "hold %(votes)s %% of the votes, more than half: %(holders)s.",
                seeds=seeds,
                votes=votes,
                holders=holders,
            )
        if all(is_direct):
            return self.env._(
                "%(seeds)s holds %(votes)s %% of the votes, more than half.",
                seeds=seeds,
                votes=votes,
            )
        if len(is_direct) == 1:
            return self.env._(
                "%(holder)s, which %(seeds)s controls, holds %(votes)s %% of the "
                "votes, "
                "more than half.",
                holder=self._names([basis["via"][0]["holder"]]),
                seeds=seeds,
                votes=votes,
            )
        if any(is_direct):
            return self._direct_and_indirect(basis, seeds, votes)
        return self.env._(
            "%(seeds)s and the companies it controls hold %(votes)s %% of the "
            "votes, more than half: %(holders)s.",
            seeds=seeds,
            votes=votes,
            holders=holders,
        )

    def _direct_and_indirect(self, basis, seeds, votes):
        """One controller that holds part itself and part through what it controls."""
        direct = sum(Decimal(s["votes"]) for s in basis["via"] if s["direct"])
        through = [stake for stake in basis["via"] if not stake["direct"]]
        return self.env._(
            "%(seeds)s itself holds %(direct)s %% of the votes, and companies it "
            "controls hold %(indirect)s %% (%(holders)s): together %(votes)s %%, more "
            "than half.",
            seeds=seeds,
            direct=percent(direct),
            indirect=percent(Decimal(basis["votes"]) - direct),
            holders=self._holders({"via": through}),
            votes=votes,
        )

    def _board_sentence(self, basis, holders):
        seats = sum(stake["seats"] for stake in basis["via"])
        total = max((stake["seats_total"] or 0 for stake in basis["via"]), default=0)
        if not total:
            return self.env._("%s has the majority on its board.", holders)
        if basis["kind"] == "board":
            return self.env._(
                "%(holders)s names %(seats)s of the %(total)s members of its board.",
                holders=self._names([stake["holder"] for stake in basis["via"]]),
                seats=seats,
                total=total,
            )
        return self.env._(
            "%(holders)s casts %(seats)s of the %(total)s votes at its board meetings.",
            holders=self._names([stake["holder"] for stake in basis["via"]]),
            seats=seats,
            total=total,
        )

    def _grant_sentence(self, stake):
        names = {
            "holder": self._names([stake["holder"]]),
            "grantor": self._names([stake["grantor"]]),
            "votes": percent(stake["votes"]),
        }
        if stake["kind"] == "nominee":
            return self.env._(
                "%(votes)s %% of it stand in the name of %(grantor)s, who holds them "
                "for %(holder)s.",
                **names,
            )
        return self.env._(
            "By agreement %(holder)s casts the %(votes)s %% of the votes that belong "
            "to %(grantor)s.",
            **names,
        )

    def _holders(self, basis):
        """Holders with what each brings, the largest first: A 40 %, B 20 %."""
        parts = []
        for stake in basis["via"][:SHOWN]:
            name, votes = self._names([stake["holder"]]), percent(stake["votes"])
            parts.append(
                self.env._("%(name)s %(votes)s %%", name=name, votes=votes)
                if votes != "0"
                else name
            )
        return self._join(parts, len(basis["via"]) - SHOWN)

    @api.model
    def _prefetch(self, bases):
        """Read the names in many reasons at once, before each is put into words."""
        ids = set()
        for basis in filter(None, bases):
            ids.update(basis.get("seeds", ()), basis.get("with", ()))
            for part in ("others", "on", "carried"):
                ids.update(partner for partner, _relation in basis.get(part, ()))
            for stake in basis.get("via", ()):
                ids.update(filter(None, (stake["holder"], stake.get("grantor"))))
        # sudo: see _names
        self.env["res.partner"].sudo().browse(ids).exists().fetch(["name"])

    def _names(self, ids):
        # sudo: the name of a party to the reason belongs to the reason
        Partner = self.env["res.partner"].sudo()
        names = []
        for partner in Partner.browse(ids[:SHOWN]):
            try:
                names.append(partner.name)
            except MissingError:  # merged or deleted since
                continue
        return self._join(names, len(ids) - SHOWN)

    def _join(self, parts, more):
        # The language of the sentence around it: without one, Odoo's source language.
        lang = self.env.lang or "en_US"
        text = format_list(self.env, list(filter(None, parts)), lang_code=lang)
        if more > 0:
            text = self.env._("%(names)s and %(count)s more", names=text, count=more)
        return text


def percent(number):
    """
    >>> percent("60.0000"), percent("50.0001"), percent("0")
    ('60', '50.0001', '0')
    """
    return f"{float(number):.4f}".rstrip("0").rstrip(".")
