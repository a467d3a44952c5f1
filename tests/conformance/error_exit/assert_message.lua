assert(nil, "assertion with message")
