# What an exported journal must show after kills: reads `vitrine audit export RUN`, prints
# "lost N doubled N open N held N".
#
# lost:    a gap in the sequence, or an order that was sent, or filled, without an intent recorded before it
# doubled: an intent recorded twice, one intent sequence for two orders, an order handed over twice, an execution booked
#          twice
# held:    instruments with a position at the record's end
# open:    orders without an end, and shares left, at the end of a run that had all its sessions (`ended=1`)

function text(name,    m) {
    return match($0, "\"" name "\":\"[^\"]*\"") ? substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5) : ""
}

function number(name,    m) {
    return match($0, "\"" name "\":-?[0-9]+") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0 : 0
}

function fault(kind, what) {
    count[kind]++
    print kind ": event " seq ": " what > "/dev/stderr"
}

{
    seq = number("seq")
    if (seq != NR) {
        fault("lost", "the sequence has a gap")
        exit
    }
    kind = text("kind")
}

kind == "INTENT" {
    id = text("id")
    child = int(number("flags") / 4) % 2
    if (id in intent) {
        if (state[id] != 7) { # a revision follows a request to replace
            fault("doubled", "intent " id " again")
        }
    } else if (!child && (number("sequence") in taken)) {
        fault("doubled", "intent sequence " number("sequence") " again")
    }
    if (!child) {
        taken[number("sequence")] = 1
    }
    if (!(id in intent)) {
        intent[id] = seq
        state[id] = child ? 8 : 1
    }
}

kind == "SEND_RESULT" && !(text("intent") in intent) { fault("lost", "sent without an intent before it") }

kind == "ORDER_STATE" {
    id = text("intent")
    if (!(id in intent)) {
        fault("lost", "a state of an order without an intent")
    }
    if (number("from") == 1 && number("to") == 2 && handed[id]++) {
        fault("doubled", "order " id " was handed over twice")
    }
    state[id] = number("to")
}

kind == "FILL" {
    if (!(text("intent") in intent)) {
        fault("lost", "an execution of an order without an intent")
    }
    if (booked[number("exec_id")]++) {
        fault("doubled", "execution " number("exec_id") " booked twice")
    }
    shares[number("inst")] = number("position_after")
}

END {
    for (id in state) {
        if (ended && state[id] < 10) {
            fault("open", "order " id " has no end, state " state[id])
        }
    }
    for (i in shares) {
        if (ended && shares[i] != 0) {
            fault("open", shares[i] " shares of instrument " i " are left")
        }
    }
    for (i in shares) {
        held += shares[i] != 0 ? 1 : 0
    }
    print "lost", count["lost"] + 0, "doubled", count["doubled"] + 0, "open", count["open"] + 0, "held", held + 0
}
