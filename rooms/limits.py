"""Every number of the rules with its unit and its reason."""

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS

#: A seat outlives a dropped line this long: a phone that moves between networks is back within half a minute.
SEAT_HOLD_MS = 45 * SECOND_MS
#: Someone who is called and does not answer is parked, not lost.
ANSWER_BY_MS = 90 * SECOND_MS
#: One turn on the stage; the moderator may extend it.
TURN_MS = 3 * MINUTE_MS
#: A turn that ends so soon says so on every page, to the speaker aloud.
WARN_MS = 30 * SECOND_MS
#: After its end a turn has this long for the last sentence; nobody is cut off by a clock, the moderator decides.
GRACE_MS = 30 * SECOND_MS
#: The most that one extension adds.
EXTENSION_MAX_MS = 5 * MINUTE_MS
#: People called but not yet on the stage, at one time: more would wait on deck for longer than a turn or two.
DECK_MAX = 3
#: A live session without a moderator or chair for this long adjourns.
STAFF_GONE_MS = 15 * MINUTE_MS
#: A session that nobody closes is closed this long after its scheduled end.
END_GRACE_MS = 2 * HOUR_MS

#: Characters of a question after cleaning: about a spoken minute and a half.
QUESTION_MAX = 2_000
#: Characters of a name.
NAME_MAX = 80
#: Characters of a village or street, in the asker's own words.
VILLAGE_MAX = 60
#: Characters of one line of captions: two lines on a phone at the largest size that pages offer.
CAPTION_MAX = 160
#: Lines of captions that can still be corrected; a reader has seen them a minute ago at most.
CAPTIONS_OPEN = 12
#: Lines that a view shows to the public.
CAPTIONS_SHOWN = 3
#: A line that was begun earlier than this was not typed as it was said.
CAPTION_TOOK_MAX_MS = MINUTE_MS
#: So far behind the speaker a captioner may be: with a safety delay, a line that was begun sooner after a dump may say
#: what was dumped.
CAPTION_LAG_MS = 3 * SECOND_MS
#: As far back as captions can be taken off the page at once: the longest safety delay, and the time that it takes.
CAPTION_REACH_MAX_MS = 20 * SECOND_MS
#: Characters of a note beside a reason, of an outcome's words, and of an objection.
NOTE_MAX = 300
#: Categories that one session can be restricted to.
CATEGORIES_MAX = 32
#: Somebody who took a question to work on it keeps the others off it this long; one decision takes seconds.
CLAIM_MS = 60 * SECOND_MS
#: Open questions of one participant in one session; a kiosk has a participant for each person.
OPEN_QUESTIONS_MAX = 10
#: Questions that one participant may take back before no more are taken: each costs a reference number.
WITHDRAWN_MAX = 20
#: "Give me a little time" costs two places and is granted once.
WAIT_PLACES = 2

#: Rows that a live view carries of any one list, whatever the list's length.
WINDOW = 50
#: Finished questions that a view still shows.
RECENT = 6
#: Own questions in a personal frame, newest first.
OWN_MAX = 20
#: Turns whose length is remembered to estimate a wait.
PACE_TURNS = 8
#: Turns below which nobody can say how long a wait will be: one says nothing about how far turns differ.
PACE_LEAST = 2
#: Tickets opened in one transaction while closing.
CLOSE_CHUNK = 250

#: Bytes of UTF-8 of a question's words in the public line, of a called question, and of a name: with these a citizen's
#: whole snapshot stays under 16 KiB whatever was asked, and a phone on 2G loads it in a second or two.
LINE_BYTES = 72
CALLED_BYTES = 480
NAME_BYTES = 32
#: Bytes of a line of captions in the public view.
CAPTION_BYTES = 320
#: Bytes of the village of a question that was called.
VILLAGE_BYTES = 40
#: Bytes of a question's words in a list of the desk, which reads the whole text of one at a time: six windows of 50
#: long texts would be half a megabyte for a moderator whose line has just come back.
DESK_BYTES = 280
