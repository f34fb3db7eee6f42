"""The table of checks: what each tries, and how one mends what it finds."""

from __future__ import annotations

from scheduler.ground.text import N_
from scheduler.testing.checks import asides, declared, leaks, many, outcomes, pure, sending, timing, verdicts
from scheduler.testing.report import Check

CHECKS: tuple[Check, ...] = (
    Check(
        "attributes",
        N_("The channel has all its attributes, each of its type, and no time is less than 0."),
        N_("Derive from BaseChannel, and set name, title, options, lead, late and grace as the reference says."),
        declared.attributes,
    ),
    Check(
        "options",
        N_("Unknown keys are refused, wrong values give a line and no traceback, valid ones can be written down."),
        N_("Leave the models' settings as Options has them, and let validators raise ValueError with a sentence."),
        declared.options,
    ),
    Check(
        "secrets",
        N_("No secret can stand in config.toml as text."),
        N_("Give the option the type Secret, and read it with context.reveal()."),
        declared.secrets,
    ),
    Check(
        "sends",
        N_("An ordinary post goes out through the whole host, from the plan to the receipt."),
        N_("Make deliver() return a Receipt, have stand_in() answer as the outside does, and give the lists it needs."),
        sending.sends,
    ),
    Check(
        "pure",
        N_("The same item gives the same payload: twice, in another order, without clock, chance, network or writing."),
        N_("Take the time from item.publish_at, and keep nothing between two calls of render, check and forecast."),
        pure.pure,
    ),
    Check(
        "process",
        N_("The same item gives the same payload in another process, another time zone and another order of sets."),
        N_("Sort what comes from a set, use context.zone and not the machine's, and never hash() a text."),
        pure.process,
    ),
    Check(
        "payload",
        N_("What goes out is the payload that was given, also as it comes back from the database after a crash."),
        N_("In deliver() use rendered only, and keep in its body what JSON can hold: texts, numbers, lists, tables."),
        sending.payload,
    ),
    Check(
        "keys",
        N_("Two posts, two occurrences and two targets each go out by themselves, with receipts of their own."),
        N_("Put all of context.key into the name of what is made, and key and round into each call."),
        sending.keys,
    ),
    Check(
        "idempotent",
        N_("Where idempotent() says yes, doing it again under the same key changes nothing outside."),
        N_("Write to one name made of the key and replace it as a whole; or let idempotent() say False."),
        sending.idempotent,
    ),
    Check(
        "folder",
        N_("It writes below context.out, and where context.outside() says, and nowhere else."),
        N_("Make every path from context.out, or from an option by context.outside(path)."),
        sending.folder,
    ),
    Check(
        "surroundings",
        N_("It leaves alone what all of the process shares: folder, environment, locale, time zone, umask, sockets."),
        N_("Hand what a call needs to that call (cwd=, env=, timeout=), or let the plugin run with isolated = true."),
        sending.surroundings,
    ),
    Check(
        "verdicts",
        N_("Whatever the outside does, deliver() ends in a receipt or an honest verdict."),
        N_("TemporaryFailure only where it surely did not go out, OutcomeUnknown where it may; catch every error."),
        verdicts.verdicts,
    ),
    Check(
        "time-limit",
        N_("Where the outside hangs, the call ends by its deadline, or once it is given up."),
        N_("Keep the time limits of context.http, or wait in short steps and ask context.cancelled() between them."),
        timing.time_limit,
    ),
    Check(
        "cancel",
        N_("A call that was given up sends nothing after its point of no return, nor the rest of a batch."),
        N_("Let what no_return() raises pass, and ask context.cancelled() before each message."),
        timing.cancel,
    ),
    Check(
        "staged",
        N_("A staged channel calls no_return() before the first thing that cannot be taken back."),
        N_("Call context.no_return() right before what the public meets, or leave staged False."),
        timing.staged,
    ),
    Check(
        "look-up",
        N_("A look-up finds what was sent, finds nothing of what was not, and cannot tell while the outside is down."),
        N_("Look by the key, and answer CannotTell wherever the outside did not say for sure."),
        outcomes.look_up,
    ),
    Check(
        "leaks",
        N_("No secret stands in a payload, receipt, checkpoint, file, log line or message of an error."),
        N_("Never put an address, a header or an answer of the outside into words before the secret is cut out of it."),
        leaks.leaks,
    ),
    Check(
        "unicode",
        N_("Texts of every kind are rendered and delivered, or refused by check(), and nothing breaks on them."),
        N_("Encode as UTF-8, drop or refuse what the outside cannot hold, and never index letters by bytes."),
        pure.unicode,
    ),
    Check(
        "huge",
        N_("A text of a megabyte is rendered in time, or refused, and nothing breaks on it."),
        N_("Go through the text once, and let check() refuse what is too long."),
        pure.huge,
    ),
    Check(
        "clock",
        N_("A clock that jumps, during the call or between two calls, breaks nothing and names nothing anew."),
        N_("Never take a difference of two times to be positive, and make no name from the time of the call."),
        timing.clock,
    ),
    Check(
        "concurrent",
        N_("Two deliveries at the same time do not mix."),
        N_("Keep what belongs to one call in local names, never on the channel or in the module."),
        timing.concurrent,
    ),
    Check(
        "bulk",
        N_("Recipients are streamed, each message of a batch has its own answer, in order, also where one is refused."),
        N_("Yield from recipients(), and let deliver_batch() return one Receipt or verdict for each message."),
        many.bulk,
    ),
    Check(
        "projection",
        N_("The same publications give the same picture; what was withdrawn goes, and nothing else does."),
        N_(
            "Draw from what is given and what already stands, take away what is withdrawn only, and leave the time out."
        ),
        many.projection,
    ),
    Check(
        "withdraws",
        N_("What was sent is taken back, and where withdraws_again says so, doing it again changes nothing."),
        N_("Take back by the receipt, answer for what is gone with a receipt, and raise verdicts only."),
        outcomes.withdraws,
    ),
    Check(
        "probes",
        N_("probe() answers with Health whatever the outside does, says when it is down, and leaves nothing."),
        N_("Catch what can fail, and return Health(False, why)."),
        asides.probes,
    ),
    Check(
        "tries-out",
        N_("A test by a person is sent, or ends in a verdict."),
        N_("Use neither checkpoint() nor no_return() in try_out(), and raise verdicts only."),
        asides.tries_out,
    ),
    Check(
        "stands-in",
        N_("In a rehearsal the stand-in answers, and two rehearsals give the same receipt."),
        N_("Make the answers of stand_in() from the request alone."),
        asides.stands_in,
    ),
    Check(
        "shows",
        N_("The preview is made of blocks, and is the same each time."),
        N_("Yield blocks made of the item and the payload only."),
        pure.shows,
    ),
)
"""Every check, in the order in which they run."""
