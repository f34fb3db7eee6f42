"""How one mends what a check finds, where that depends on the cause; a check's own sentence is for all else."""

from __future__ import annotations

from scheduler.ground.text import N_

# --- what a call ends in ---------------------------------------------------------------------------------------------

VERDICT = N_("Catch what rises there: OutcomeUnknown where it may have gone out, TemporaryFailure where it did not.")
RECEIPT = N_("Return a Receipt only where the outside says that it took it.")
UNKNOWN = N_("Raise OutcomeUnknown once all was said and no answer came that can be read: it may have gone out.")
PASSES = N_("Raise TemporaryFailure, and Loa tries again later; PermanentFailure is for what will never be taken.")
WAIT = N_("Give TemporaryFailure a retry_after of at least what the answer's Retry-After asks for.")
BLOCKED = N_("Catch OSError where a file is written, and raise TemporaryFailure.")
IN_TIME = N_("Give everything that waits a time limit within context.deadline, and ask context.cancelled() in between.")

# --- an ordinary delivery --------------------------------------------------------------------------------------------

NO_RECEIPT = N_("End each way through deliver() with `return Receipt(…)`, and deliver_batch() with a list of them.")
STANDS_IN = N_("Have stand_in() answer as the outside does; without one every request is answered with 200 and an id.")
RAISES = N_("Mend what raises there: the place stands behind the error. What can fail outside ends in a verdict.")
REFUSED = N_("An ordinary post must pass render() and check(): mend them, or give other options (--options FILE).")
NOBODY = N_("Give its target a list: [content] in a file of --options, or a target of config.toml that names one.")
NO_LIST = N_("Mend recipients(), or give the list that its target names: [content] in a file of --options.")

# --- what an approval covers -----------------------------------------------------------------------------------------

FORGET = N_("Keep nothing on the channel or in the module between two calls: count and choose by the item alone.")
TIME = N_("Take the time from item.publish_at, and what must differ from one post to the next from item.key.")
WRITES = N_("Write in deliver(), below context.out: render() only returns what is to be sent.")
CALLS = N_("Call the outside in deliver() or probe(); what render() needs stands in the item, the options or the plan.")
RETURNS = N_("render() returns Rendered, check() problems, forecast() a Forecast and idempotent() a truth value.")
FROM_RENDERED = N_("In deliver() send what stands in rendered, never what an earlier call of render() kept.")
JSON = N_("Keep in the body what JSON can hold: texts, numbers, truth values, lists, and tables whose keys are texts.")

# --- keys ------------------------------------------------------------------------------------------------------------

NAME = N_("Put all of context.key (post, recurrence, channel, target) into the name of what is made.")
OWN_ID = N_("Make the receipt's id of context.key, or of the id that the outside gives.")
KEYED = N_("Send str(context.key) along, so that the outside can tell two deliveries apart.")
ROUND = N_("Send context.round along with the key: what a person sends anew is not what was sent before.")
SAME_ID = N_("Make the receipt's id of the key: the same call gives the same receipt.")

# --- time ------------------------------------------------------------------------------------------------------------

NO_RETURN = N_("Let what no_return() raises pass: it says that the call was given up.")
REST = N_("Ask context.cancelled() before each message, and answer TemporaryFailure for those that are left.")
JUMPS = N_("Never take a difference of two times to be positive: clocks jump.")
NO_TIME_IN_NAMES = N_("Make no name from the time of the call: take the key, or publish_at.")

# --- afterwards ------------------------------------------------------------------------------------------------------

LOOKS = N_("Let look_up() return a Receipt, Absent() or CannotTell(), and raise nothing.")
FINDS = N_("Look for what deliver() leaves: by the key, or by what it kept with checkpoint().")
ITS_OWN = N_("Look by the whole key: what another delivery has left proves nothing of this one.")
GONE = N_("Answer for what is gone with a receipt: it is taken back already.")
AGAIN = N_("Let a second withdrawal change nothing, or leave withdraws_again False.")
ASKS_ONLY = N_("Let probe() only ask: what it needs it reads, and leaves nothing.")
UNWELL = N_("Return Health(False, why) where nobody answers, or where the answer is a refusal.")
ZONE = N_("Give every time a zone, such as datetime(…, tzinfo=UTC).")
NO_CHECKPOINT = N_("Use neither checkpoint() nor no_return() in try_out(): behind a test there is no delivery.")
BLOCKS = N_("Yield Passage, Card, Measure and Beside from show(), made of the item and the payload only.")
CUTS = N_("Give cuts as places in the text, rising, each between 0 and its length.")

# --- many, and pictures ----------------------------------------------------------------------------------------------

SIZE = N_("Set batch_size to how many messages one call takes, 1 or more.")
STREAM = N_("Yield a Recipient for each line as it is read: a list may have a million.")
ONE_EACH = N_("Return one answer for each message, in order: a Receipt, or a verdict, which is returned, not raised.")
GO_ON = N_("Catch what one message meets, answer with that verdict, and go on with the next.")
TAKE_AWAY = N_("Take out each publication that says withdrawn.")
LEAVE = N_("Begin with what already stands there: what is not given is not withdrawn.")
NOT_THE_CALLER = N_("Make the picture of the publications alone: no time, and nothing of context.key.")

# --- what it says of itself ------------------------------------------------------------------------------------------

TITLE = N_("Set title to what people call the channel.")
POSITIVE = N_("Set it to a timedelta of 0 or more.")
FORBID = N_("Leave model_config as Options has it: it refuses unknown keys, so that a misspelt one is found.")
OPERATIONAL = N_("Name only options of the same model in operational.")
WRITTEN = N_("Give the option a type that can be written as JSON, or a serializer for it.")
SENTENCE = N_("Let the validator raise ValueError with a sentence that says what is allowed.")
DEFAULT = N_("Give the option a default of its own type; or none, and it must be given.")
ATTRIBUTE = N_("Derive from BaseChannel, and give what is named here the type that is named.")

# --- texts -----------------------------------------------------------------------------------------------------------

EMPTY = N_("Take nothing out of a text that may be empty, or have check() refuse it; render() must not raise.")
CONTROL = N_("Drop control characters in render(), or have check() refuse them.")
MARKUP = N_("Escape what has a meaning in the outside's own language, with the function made for that.")
ONCE = N_("Go through the text once: no step may take longer for each letter the longer the text is.")
