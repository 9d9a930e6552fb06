/**
 * The live protocol, for type checks: written by `python -m kachehri protocol --write`, not by hand.
 * What the messages mean stands in signaling/PROTOCOL.md.
 */

/**
 * @typedef {Object} AcceptTurn
 * @property {"turn.accept"} type
 * @property {string} turn
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} AddParticipant
 * @property {"connection.add"} type
 * @property {number} ref
 * @property {string} pass
 */

/**
 * @typedef {Object} AdjournSession
 * @property {"session.adjourn"} type
 * @property {"break" | "emergency" | "prayer" | "staff_gone" | "technical"} reason
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} AdmitQuestion
 * @property {"question.admit"} type
 * @property {string} question
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} AnswerQuestion
 * @property {"question.answer"} type
 * @property {string} question
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} AskQuestion
 * @property {"question.ask"} type
 * @property {"grievance" | "information" | "praise" | "question" | "suggestion"} [kind]
 * @property {string} [category]
 * @property {string} [area]
 * @property {string} [village]
 * @property {boolean} [spoken]
 * @property {string} [text]
 * @property {string} [name]
 * @property {boolean} [hide_name]
 * @property {boolean} [private]
 * @property {string} [phone]
 * @property {"desk" | "kiosk" | "live" | "phone" | "web"} [channel]
 * @property {number | null} [claimed_arrival]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} AttendanceCounted
 * @property {"attendance.counted"} type
 * @property {number} present
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} Balance
 * @property {number} raised
 * @property {number} tickets
 * @property {number} followers
 * @property {number} withdrawn
 * @property {number} refused
 */

/**
 * @typedef {Object} BalanceRow
 * @property {number} [raised]
 * @property {number} [tickets]
 * @property {number} [followers]
 * @property {number} [withdrawn]
 * @property {number} [refused]
 */

/**
 * @typedef {Object} BlockParticipant
 * @property {"participant.block"} type
 * @property {string} participant
 * @property {"abuse" | "disruption" | "personal_data"} reason
 * @property {number | null} [until]
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} CallTurn
 * @property {"turn.call"} type
 * @property {string} question
 * @property {string | null} [seat]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} CancelSession
 * @property {"session.cancel"} type
 * @property {"emergency" | "no_need" | "official_away" | "technical"} reason
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} CancelTurn
 * @property {"turn.cancel"} type
 * @property {string} turn
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} CaptionCorrected
 * @property {"caption.corrected"} type
 * @property {string} caption
 * @property {ContentRef | null} [line]
 * @property {string} [by]
 * @property {number} [public_at]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} CaptionRow
 * @property {string} [language]
 * @property {string} [text]
 * @property {number} [at]
 */

/**
 * @typedef {Object} CaptionTyped
 * @property {"caption.typed"} type
 * @property {string} caption
 * @property {"en" | "ur"} language
 * @property {ContentRef} line
 * @property {number} [took_ms]
 * @property {string} [seat]
 * @property {string} [by]
 * @property {number} [public_at]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} CaptionsReleased
 * @property {"caption.released"} type
 * @property {Array<string>} captions
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} CaptionsWithheld
 * @property {"caption.withheld"} type
 * @property {number} since
 * @property {string} [by]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} ClaimQuestion
 * @property {"question.claim"} type
 * @property {string} question
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ClassifyQuestion
 * @property {"question.classify"} type
 * @property {string} question
 * @property {string} category
 * @property {"grievance" | "information" | "praise" | "question" | "suggestion" | null} [kind]
 * @property {boolean} [private]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ClearSeat
 * @property {"seat.clear"} type
 * @property {string} seat
 * @property {"disruption" | "personal_data" | "technical" | "time_up"} reason
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} CloseSession
 * @property {"session.close"} type
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ConcernQuestion
 * @property {"question.concern"} type
 * @property {string} question
 * @property {string} about
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ConfirmRefusal
 * @property {"question.confirm_refusal"} type
 * @property {string} question
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ContentErased
 * @property {"content.erased"} type
 * @property {string} [participant]
 * @property {Array<string>} [contents]
 * @property {number} seq
 * @property {number} at
 */

/** @typedef {[string, string]} ContentRef */

/**
 * @typedef {Object} CorrectCaption
 * @property {"caption.correct"} type
 * @property {string} caption
 * @property {string} [line]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} DeclarePolicy
 * @property {"policy.declare"} type
 * @property {"arrival"} policy
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} DeferQuestion
 * @property {"question.defer"} type
 * @property {string} question
 * @property {"needs_file" | "no_time" | "office_absent"} reason
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} DoorsOpened
 * @property {"session.doors_opened"} type
 * @property {number} seq
 * @property {number} at
 */

/** @typedef {SessionScheduled | DoorsOpened | SessionStarted | SessionAdjourned | SessionResumed | SessionPostponed | SessionRescheduled | SessionClosing | QuestionAsked | SupportCounted | QuestionClassified | QuestionClaimed | QuestionReleased | QuestionReturned | QuestionHeld | QuestionAdmitted | QuestionMerged | QuestionUnmerged | QuestionNotTaken | RefusalProposed | RefusalOverturned | QuestionRefused | QuestionWithdrawn | QuestionAnswered | QuestionDeferred | QuestionMoved | PolicyDeclared | OutcomeNoted | OutcomeReadBack | TurnCalled | TurnAccepted | TurnReadied | TurnStaged | TurnDropped | TurnReturned | TurnParked | TurnOffered | TurnExtended | TurnReadOut | TurnEnded | SeatTaken | SeatLeft | SeatMuted | FloorGiven | TalkSet | ShownNamed | StaffArrived | StaffLeft | AttendanceCounted | ParticipantRemoved | ParticipantBlocked | ParticipantUnblocked | ParticipantObjected | CaptionTyped | CaptionCorrected | CaptionsReleased | CaptionsWithheld | TicketsOpened | SessionClosed | ContentErased} Event */

/**
 * @typedef {Object} ExtendTurn
 * @property {"turn.extend"} type
 * @property {string} turn
 * @property {number} extra_ms
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} FinishTurn
 * @property {"turn.finish"} type
 * @property {string} turn
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} FloorGiven
 * @property {"floor.given"} type
 * @property {string} [seat]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} GiveFloor
 * @property {"floor.give"} type
 * @property {string | null} [seat]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} HallTurn
 * @property {"turn.hall"} type
 * @property {string} question
 * @property {string} seat
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} Hello
 * @property {"hello"} type
 * @property {Array<number>} versions
 * @property {string} session
 * @property {"desk" | "official" | "public" | null} [audience]
 * @property {string | null} [epoch]
 * @property {number | null} [since]
 */

/**
 * @typedef {Object} HoldQuestion
 * @property {"question.hold"} type
 * @property {string} question
 * @property {"check_facts" | "later" | "private" | "unclear"} reason
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} IceServer
 * @property {Array<string>} urls
 * @property {string} [username]
 * @property {string} [credential]
 */

/**
 * @typedef {Object} LeaveSeat
 * @property {"seat.leave"} type
 * @property {string} seat
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} LineHealth
 * @property {"bad" | "gone" | "good" | "weak"} grade
 * @property {number} [kbps]
 * @property {number} [loss]
 * @property {number | null} [rtt]
 * @property {boolean} [sound]
 */

/**
 * @typedef {Object} MediaAnswer
 * @property {"media.answer"} type
 * @property {number} ref
 * @property {string | null} [as]
 * @property {string} peer
 * @property {string} sdp
 */

/**
 * @typedef {Object} MediaEcho
 * @property {"media.echo"} type
 * @property {number} ref
 * @property {string | null} [as]
 * @property {"play" | "record"} action
 */

/**
 * @typedef {Object} MediaHealth
 * @property {"media.health"} type
 * @property {number} at
 * @property {Record<string, LineHealth>} [seats]
 * @property {Record<string, LineHealth>} [deck]
 */

/**
 * @typedef {Object} MediaLeave
 * @property {"media.leave"} type
 * @property {number} ref
 * @property {string | null} [as]
 * @property {string | null} [peer]
 */

/**
 * @typedef {Object} MediaLost
 * @property {"media.lost"} type
 * @property {number} at
 * @property {string} [peer]
 * @property {string} [reason]
 */

/**
 * @typedef {Object} MediaOffer
 * @property {"media.offer"} type
 * @property {number} at
 * @property {number} ref
 * @property {string} peer
 * @property {"private" | "program" | "publish" | "watch"} direction
 * @property {string} sdp
 * @property {Array<IceServer>} [ice_servers]
 */

/**
 * @typedef {Object} MediaPrivate
 * @property {"media.private"} type
 * @property {number} ref
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} MediaProgram
 * @property {"media.program"} type
 * @property {number} ref
 * @property {string | null} [as]
 * @property {"high" | "low" | "middle" | "sound" | "unknown"} [network]
 */

/**
 * @typedef {Object} MediaPublish
 * @property {"media.publish"} type
 * @property {number} ref
 * @property {string | null} [as]
 * @property {boolean} [screen]
 * @property {"high" | "low" | "middle" | "sound" | "unknown"} [network]
 */

/**
 * @typedef {Object} MediaSpeaking
 * @property {"media.speaking"} type
 * @property {number} at
 * @property {Array<string>} [seats]
 */

/**
 * @typedef {Object} MediaTalk
 * @property {"media.talk"} type
 * @property {number} ref
 * @property {string | null} [as]
 * @property {string | null} [participant]
 * @property {boolean} [talks]
 */

/**
 * @typedef {Object} MediaTalking
 * @property {"media.talking"} type
 * @property {number} at
 * @property {string} participant
 * @property {string} [moderator]
 * @property {"asked" | "listening" | "over" | "talking"} state
 * @property {boolean} [talks]
 * @property {string} [cause]
 */

/**
 * @typedef {Object} MediaTold
 * @property {"media.told"} type
 * @property {number} ref
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} MediaUp
 * @property {"media.up"} type
 * @property {number} at
 * @property {string} peer
 * @property {"private" | "program" | "publish" | "watch"} direction
 */

/**
 * @typedef {Object} MediaWatch
 * @property {"media.watch"} type
 * @property {number} ref
 * @property {string | null} [as]
 * @property {Array<string> | null} [seats]
 * @property {"high" | "low" | "middle" | "sound" | "unknown"} [network]
 */

/**
 * @typedef {Object} MergeQuestion
 * @property {"question.merge"} type
 * @property {string} question
 * @property {string} into
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} MoveQuestion
 * @property {"question.move"} type
 * @property {string} question
 * @property {string | null} [before]
 * @property {"asked_for_time" | "correction" | "far_away" | "group" | "health" | "line_dropped" | "promised" | "urgent" | "with_child"} reason
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} MuteSeat
 * @property {"seat.mute"} type
 * @property {string} seat
 * @property {boolean} muted
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} NameShown
 * @property {"seat.show"} type
 * @property {string} seat
 * @property {string} note
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} NotTakeQuestion
 * @property {"question.not_take"} type
 * @property {string} question
 * @property {"answered_before" | "in_court" | "no_time" | "other_office" | "outside_topic"} reason
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} NoteOutcome
 * @property {"outcome.note"} type
 * @property {string} question
 * @property {"answered" | "ordered" | "referred" | "refused"} outcome
 * @property {string | null} [office]
 * @property {string | null} [due]
 * @property {string} [rule]
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ObjectToBar
 * @property {"participant.object"} type
 * @property {string} note
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ObjectionRow
 * @property {string} [reason]
 * @property {string} [note]
 * @property {boolean} [removed]
 * @property {string} [text]
 * @property {number} [at]
 */

/**
 * @typedef {Object} OfferTurn
 * @property {"turn.offer"} type
 * @property {string} turn
 * @property {string | null} [seat]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} OpenDoors
 * @property {"session.open_doors"} type
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} OutcomeNoted
 * @property {"outcome.noted"} type
 * @property {string} question
 * @property {"answered" | "ordered" | "referred" | "refused"} [outcome]
 * @property {string} [office]
 * @property {string} [due]
 * @property {ContentRef | null} [rule]
 * @property {ContentRef | null} [note]
 * @property {string} [seat]
 * @property {string} [by]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} OutcomeReadBack
 * @property {"outcome.was_read_back"} type
 * @property {string} question
 * @property {string} words
 * @property {boolean} agreed
 * @property {string} by
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} OutcomeRow
 * @property {string} [kind]
 * @property {string} [office]
 * @property {string} [due]
 * @property {string} [rule]
 * @property {string} [note]
 * @property {string} [words]
 * @property {string} [read]
 */

/**
 * @typedef {Object} OverturnRefusal
 * @property {"question.overturn_refusal"} type
 * @property {string} question
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} OwnQuestion
 * @property {string} [id]
 * @property {string} [reference]
 * @property {string} [state]
 * @property {string} [text]
 * @property {boolean} [private]
 * @property {number} [place]
 * @property {number} [moved_ahead]
 * @property {string} [moved]
 * @property {number} [wait_from_ms]
 * @property {number} [wait_to_ms]
 * @property {string} [reason]
 * @property {string} [note]
 * @property {string} [parent]
 * @property {number} [supports]
 * @property {boolean} [waited]
 * @property {string} [turn]
 * @property {string} [village]
 * @property {boolean} [spoken]
 * @property {OutcomeRow | null} [outcome]
 */

/**
 * @typedef {Object} ParkTurn
 * @property {"turn.park"} type
 * @property {string} turn
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ParticipantBlocked
 * @property {"participant.blocked"} type
 * @property {string} participant
 * @property {"abuse" | "disruption" | "personal_data"} reason
 * @property {number | null} [until]
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} ParticipantObjected
 * @property {"participant.objected"} type
 * @property {string} participant
 * @property {ContentRef} note
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} ParticipantRemoved
 * @property {"participant.removed"} type
 * @property {string} participant
 * @property {"abuse" | "disruption" | "personal_data"} reason
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} ParticipantUnblocked
 * @property {"participant.unblocked"} type
 * @property {string} participant
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} Personal
 * @property {string} [participant]
 * @property {Array<OwnQuestion>} [questions]
 * @property {string} [turn]
 * @property {string} [seat]
 * @property {string} [screen]
 * @property {string} [barred]
 * @property {string} [barred_note]
 * @property {boolean} [removed]
 * @property {boolean} [objected]
 * @property {Record<string, CaptionRow>} [captions]
 */

/**
 * @typedef {Object} PersonalFrame
 * @property {"personal"} type
 * @property {number} at
 * @property {number} seq
 * @property {string} participant
 * @property {Personal} view
 */

/**
 * @typedef {Object} PolicyDeclared
 * @property {"policy.declared"} type
 * @property {"arrival"} policy
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} PostponeSession
 * @property {"session.postpone"} type
 * @property {"emergency" | "holiday" | "official_away" | "technical"} reason
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} QuestionAdmitted
 * @property {"question.admitted"} type
 * @property {string} question
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionAnswered
 * @property {"question.answered"} type
 * @property {string} question
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionAsked
 * @property {"question.asked"} type
 * @property {string} question
 * @property {string} reference
 * @property {string} asker
 * @property {"grievance" | "information" | "praise" | "question" | "suggestion"} kind
 * @property {string} category
 * @property {string} [area]
 * @property {ContentRef | null} [content]
 * @property {ContentRef | null} [village]
 * @property {boolean} [spoken]
 * @property {ContentRef | null} [name]
 * @property {boolean} [hide_name]
 * @property {boolean} [private]
 * @property {"desk" | "kiosk" | "live" | "phone" | "web"} [channel]
 * @property {number | null} [claimed_arrival]
 * @property {string} [lane]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionClaimed
 * @property {"question.claimed"} type
 * @property {string} question
 * @property {string} by
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionClassified
 * @property {"question.classified"} type
 * @property {string} question
 * @property {string} category
 * @property {"grievance" | "information" | "praise" | "question" | "suggestion"} kind
 * @property {boolean} [private]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionDeferred
 * @property {"question.deferred"} type
 * @property {string} question
 * @property {"needs_file" | "no_time" | "office_absent"} reason
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionHeld
 * @property {"question.held"} type
 * @property {string} question
 * @property {"check_facts" | "later" | "private" | "unclear"} reason
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionMerged
 * @property {"question.merged"} type
 * @property {string} question
 * @property {string} into
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionMoved
 * @property {"question.moved"} type
 * @property {string} question
 * @property {string | null} [before]
 * @property {"asked_for_time" | "correction" | "far_away" | "group" | "health" | "line_dropped" | "promised" | "urgent" | "with_child"} reason
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionNotTaken
 * @property {"question.not_taken"} type
 * @property {string} question
 * @property {"answered_before" | "in_court" | "no_time" | "other_office" | "outside_topic"} reason
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionRefused
 * @property {"question.refused"} type
 * @property {string} question
 * @property {string} by
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionReleased
 * @property {"question.released"} type
 * @property {string} question
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionReturned
 * @property {"question.returned"} type
 * @property {string} question
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionRow
 * @property {string} [state]
 * @property {string} [kind]
 * @property {string} [category]
 * @property {string} [area]
 * @property {string} [text]
 * @property {string} [name]
 * @property {boolean} [hidden]
 * @property {boolean} [private]
 * @property {number} [supports]
 * @property {number} [followers]
 * @property {string} [moved]
 * @property {number} [at]
 * @property {string} [village]
 * @property {boolean} [spoken]
 * @property {OutcomeRow | null} [outcome]
 * @property {boolean} [more]
 * @property {string} [claimed]
 * @property {number} [claimed_at]
 * @property {string} [reference]
 * @property {string} [asker]
 * @property {string} [reason]
 * @property {string} [note]
 * @property {string} [parent]
 * @property {string} [by]
 * @property {string} [channel]
 * @property {boolean} [barred]
 */

/**
 * @typedef {Object} QuestionUnmerged
 * @property {"question.unmerged"} type
 * @property {string} question
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} QuestionWithdrawn
 * @property {"question.withdrawn"} type
 * @property {string} question
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} ReadBack
 * @property {"outcome.read_back"} type
 * @property {string} question
 * @property {string} words
 * @property {boolean} agreed
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ReadOutTurn
 * @property {"turn.read_out"} type
 * @property {string} turn
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ReadyTurn
 * @property {"turn.ready"} type
 * @property {string} turn
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} RefusalOverturned
 * @property {"refusal.overturned"} type
 * @property {string} question
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} RefusalProposed
 * @property {"refusal.proposed"} type
 * @property {string} question
 * @property {"abuse" | "spam"} reason
 * @property {string} by
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} RefuseQuestion
 * @property {"question.refuse"} type
 * @property {string} question
 * @property {"abuse" | "spam"} reason
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} RefusedFrame
 * @property {"refused"} type
 * @property {number} at
 * @property {number} ref
 * @property {string} code
 * @property {Record<string, any>} [params]
 */

/**
 * @typedef {Object} ReleaseQuestion
 * @property {"question.release"} type
 * @property {string} question
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} RemoveParticipant
 * @property {"participant.remove"} type
 * @property {string} participant
 * @property {"abuse" | "disruption" | "personal_data"} reason
 * @property {string} [note]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} Reply
 * @property {"reply"} type
 * @property {number} at
 * @property {number} ref
 * @property {number} [seq]
 * @property {any} [result]
 */

/**
 * @typedef {Object} RescheduleSession
 * @property {"session.reschedule"} type
 * @property {number} starts_at
 * @property {number} ends_at
 * @property {Record<string, string> | null} [title]
 * @property {Array<string> | null} [categories]
 * @property {Array<SeatPlan> | null} [seats]
 * @property {Timing | null} [timing]
 * @property {"h264" | "vp8" | null} [codec]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ResumeSession
 * @property {"session.resume"} type
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ReturnQuestion
 * @property {"question.return"} type
 * @property {string} question
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ScheduleSession
 * @property {"session.schedule"} type
 * @property {Record<string, string>} title
 * @property {number} starts_at
 * @property {number} ends_at
 * @property {Array<SeatPlan>} seats
 * @property {Timing} [timing]
 * @property {boolean} [practice]
 * @property {Array<string>} [categories]
 * @property {"h264" | "vp8"} [codec]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} SeatLeft
 * @property {"seat.left"} type
 * @property {string} seat
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SeatMuted
 * @property {"seat.muted"} type
 * @property {string} seat
 * @property {boolean} muted
 * @property {"desk" | "own"} by
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SeatPlan
 * @property {string} seat
 * @property {"citizen" | "hall" | "interpreter" | "official" | "signer" | "slides"} kind
 * @property {Record<string, string>} [title]
 */

/**
 * @typedef {Object} SeatRow
 * @property {string} [kind]
 * @property {Record<string, string>} [title]
 * @property {number} [index]
 * @property {boolean} [taken]
 * @property {boolean} [muted]
 * @property {boolean} [silenced]
 * @property {string} [turn]
 * @property {string} [talk]
 * @property {string} [shows]
 * @property {string} [participant]
 */

/**
 * @typedef {Object} SeatTaken
 * @property {"seat.taken"} type
 * @property {string} seat
 * @property {string} [participant]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SessionAdjourned
 * @property {"session.adjourned"} type
 * @property {"break" | "emergency" | "prayer" | "staff_gone" | "technical"} reason
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SessionClosed
 * @property {"session.closed"} type
 * @property {Balance} balance
 * @property {boolean} [cancelled]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SessionClosing
 * @property {"session.closing"} type
 * @property {"cancelled" | "deadline" | "moderator"} by
 * @property {"emergency" | "no_need" | "official_away" | "technical" | null} [reason]
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SessionPostponed
 * @property {"session.postponed"} type
 * @property {"emergency" | "holiday" | "official_away" | "technical"} reason
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SessionRescheduled
 * @property {"session.rescheduled"} type
 * @property {number} starts_at
 * @property {number} ends_at
 * @property {Record<string, string> | null} [title]
 * @property {Array<string> | null} [categories]
 * @property {Array<SeatPlan> | null} [seats]
 * @property {Timing | null} [timing]
 * @property {"h264" | "vp8" | null} [codec]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SessionResumed
 * @property {"session.resumed"} type
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SessionRow
 * @property {string} [id]
 * @property {string} [phase]
 * @property {Record<string, string>} [title]
 * @property {number} [starts_at]
 * @property {number} [ends_at]
 * @property {string} [reason]
 * @property {string} [note]
 * @property {string} [policy]
 * @property {boolean} [practice]
 * @property {number} [live_since]
 * @property {Array<string>} [categories]
 */

/**
 * @typedef {Object} SessionScheduled
 * @property {"session.scheduled"} type
 * @property {Record<string, string>} title
 * @property {number} starts_at
 * @property {number} ends_at
 * @property {Array<SeatPlan>} seats
 * @property {Timing} [timing]
 * @property {boolean} [practice]
 * @property {Array<string>} [categories]
 * @property {"h264" | "vp8"} [codec]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SessionStarted
 * @property {"session.started"} type
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SetTalk
 * @property {"seat.talk"} type
 * @property {string} seat
 * @property {"hold" | "open"} mode
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} ShownNamed
 * @property {"seat.shown"} type
 * @property {string} seat
 * @property {ContentRef | null} [note]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} Snapshot
 * @property {"snapshot"} type
 * @property {number} at
 * @property {string} epoch
 * @property {number} seq
 * @property {View} view
 * @property {Array<Event>} [missed]
 */

/**
 * @typedef {Object} StaffArrived
 * @property {"staff.arrived"} type
 * @property {string} participant
 * @property {"administrator" | "chair" | "citizen" | "clerk" | "interpreter" | "moderator" | "observer" | "officer" | "official" | "system"} role
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} StaffLeft
 * @property {"staff.left"} type
 * @property {string} participant
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} StageTurn
 * @property {"turn.stage"} type
 * @property {string} turn
 * @property {string | null} [seat]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} StartSession
 * @property {"session.start"} type
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} SupportCounted
 * @property {"support.counted"} type
 * @property {Record<string, number>} counts
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} SupportQuestion
 * @property {"question.support"} type
 * @property {string} question
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} TakeSeat
 * @property {"seat.take"} type
 * @property {string} seat
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} TalkSet
 * @property {"seat.talks"} type
 * @property {string} seat
 * @property {"hold" | "open"} mode
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} Tick
 * @property {"tick"} type
 * @property {number} at
 * @property {number} seq
 * @property {Array<Event>} [events]
 * @property {Record<string, any>} [patch]
 */

/**
 * @typedef {Object} TicketsOpened
 * @property {"tickets.opened"} type
 * @property {Array<string>} questions
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} Timing
 * @property {number} [seat_hold_ms]
 * @property {number} [answer_by_ms]
 * @property {number} [turn_ms]
 * @property {number} [staff_gone_ms]
 * @property {number} [end_grace_ms]
 */

/**
 * @typedef {Object} TurnAccepted
 * @property {"turn.accepted"} type
 * @property {string} turn
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TurnCalled
 * @property {"turn.called"} type
 * @property {string} turn
 * @property {Array<string>} questions
 * @property {string} [participant]
 * @property {string | null} [seat]
 * @property {number} answer_by
 * @property {number} limit_ms
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TurnDropped
 * @property {"turn.dropped"} type
 * @property {string} turn
 * @property {number} until
 * @property {"adjourned" | "hold_over" | "media" | "moderator" | "socket" | "unanswered"} cause
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TurnEnded
 * @property {"turn.ended"} type
 * @property {string} turn
 * @property {"cancelled" | "closed" | "finished" | "read_out" | "removed" | "taken_off" | "waited" | "withdrawn"} outcome
 * @property {boolean} [heard]
 * @property {"disruption" | "personal_data" | "technical" | "time_up" | null} [reason]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TurnExtended
 * @property {"turn.extended"} type
 * @property {string} turn
 * @property {number} ends_at
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TurnOffered
 * @property {"turn.offered"} type
 * @property {string} turn
 * @property {string | null} [seat]
 * @property {number} answer_by
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TurnParked
 * @property {"turn.parked"} type
 * @property {string} turn
 * @property {"adjourned" | "hold_over" | "media" | "moderator" | "socket" | "unanswered"} cause
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TurnReadOut
 * @property {"turn.read_aloud"} type
 * @property {string} turn
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TurnReadied
 * @property {"turn.readied"} type
 * @property {string} turn
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TurnReturned
 * @property {"turn.returned"} type
 * @property {string} turn
 * @property {number} [ends_at]
 * @property {number} [answer_by]
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TurnRow
 * @property {string} [state]
 * @property {Array<string>} [questions]
 * @property {string} [seat]
 * @property {number} [called_at]
 * @property {number} [answer_by]
 * @property {number} [ends_at]
 * @property {number} [until]
 * @property {number} [limit_ms]
 * @property {string} [cause]
 * @property {boolean} [heard]
 * @property {string} [participant]
 */

/**
 * @typedef {Object} TurnStaged
 * @property {"turn.staged"} type
 * @property {string} turn
 * @property {string} seat
 * @property {number} ends_at
 * @property {number} seq
 * @property {number} at
 */

/**
 * @typedef {Object} TypeCaption
 * @property {"caption.type"} type
 * @property {"en" | "ur"} language
 * @property {string} line
 * @property {number} [took_ms]
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} UnblockParticipant
 * @property {"participant.unblock"} type
 * @property {string} participant
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} UnmergeQuestion
 * @property {"question.unmerge"} type
 * @property {string} question
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} View
 * @property {SessionRow} [session]
 * @property {Array<string>} [line]
 * @property {Array<string>} [recent]
 * @property {Record<string, QuestionRow>} [questions]
 * @property {Record<string, TurnRow>} [turns]
 * @property {Record<string, SeatRow>} [seats]
 * @property {string} [floor]
 * @property {Record<string, CaptionRow>} [captions]
 * @property {Record<string, number>} [totals]
 * @property {BalanceRow | null} [balance]
 * @property {boolean} [desk_staffed]
 * @property {number} [present]
 * @property {Array<string>} [new]
 * @property {Array<string>} [held]
 * @property {Array<string>} [refusing]
 * @property {Array<string>} [merged]
 * @property {Array<string>} [not_taken]
 * @property {Record<string, string>} [staff]
 * @property {Record<string, ObjectionRow>} [objections]
 */

/**
 * @typedef {Object} WaitTurn
 * @property {"turn.wait"} type
 * @property {string} turn
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} Welcome
 * @property {"welcome"} type
 * @property {number} at
 * @property {number} version
 * @property {string} session
 * @property {string} participant
 * @property {"administrator" | "chair" | "citizen" | "clerk" | "interpreter" | "moderator" | "observer" | "officer" | "official" | "system"} role
 * @property {"desk" | "official" | "public"} audience
 * @property {string} epoch
 * @property {boolean} [resumed]
 * @property {number} quiet_ms
 */

/**
 * @typedef {Object} WithdrawQuestion
 * @property {"question.withdraw"} type
 * @property {string} question
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/**
 * @typedef {Object} WithholdCaptions
 * @property {"caption.withhold"} type
 * @property {number} reach_ms
 * @property {number} ref
 * @property {string} key
 * @property {string | null} [as]
 */

/** @typedef {Hello | AddParticipant | MediaPublish | MediaWatch | MediaProgram | MediaAnswer | MediaLeave | MediaPrivate | MediaEcho | MediaTold | MediaTalk | ScheduleSession | OpenDoors | StartSession | AdjournSession | ResumeSession | PostponeSession | RescheduleSession | CancelSession | CloseSession | AskQuestion | SupportQuestion | ClassifyQuestion | ConcernQuestion | ClaimQuestion | ReleaseQuestion | ReturnQuestion | HoldQuestion | AdmitQuestion | MergeQuestion | UnmergeQuestion | NotTakeQuestion | RefuseQuestion | ConfirmRefusal | OverturnRefusal | WithdrawQuestion | AnswerQuestion | DeferQuestion | MoveQuestion | DeclarePolicy | NoteOutcome | ReadBack | CallTurn | AcceptTurn | ReadyTurn | StageTurn | WaitTurn | ReadOutTurn | FinishTurn | ExtendTurn | OfferTurn | ParkTurn | CancelTurn | TakeSeat | LeaveSeat | MuteSeat | ClearSeat | GiveFloor | SetTalk | NameShown | HallTurn | RemoveParticipant | BlockParticipant | UnblockParticipant | ObjectToBar | TypeCaption | CorrectCaption | WithholdCaptions} FromClient */

/** @typedef {Welcome | Snapshot | Tick | PersonalFrame | Reply | RefusedFrame | MediaOffer | MediaUp | MediaLost | MediaTalking | MediaSpeaking | MediaHealth} ToClient */

/** Close codes; 4500 to 4599 mean: do not come back. */
export const CLOSE = Object.freeze({
  restart: 1012,
  binary: 1003,
  not_utf8: 1007,
  too_big: 1009,
  pass_stale: 4001,
  behind: 4002,
  full: 4003,
  too_fast: 4004,
  hello_late: 4005,
  trouble: 4006,
  version: 4500,
  unreadable: 4501,
  out_of_turn: 4502,
  other_session: 4503,
  audience: 4504,
  removed: 4505,
  signed_out: 4506,
});
