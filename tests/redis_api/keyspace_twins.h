// Two keyspaces of the same seed and clock that get the same commands, one of them in undo scopes that are kept.
#pragma once

#include <gtest/gtest.h>

#include <arenite/redis/reply_text.h>
#include "keyspace_generator.h"

namespace arenite::redis::testing {

inline std::string text_of(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += quote_text(word) + ' ';
    return text;
}

struct Twins {
    Twins() {
        plain.set_clock(1000);
        scoped.set_clock(1000);
    }
    /// The replies agree; a fatal failure says for which command they do not. What depends on more than the seed and the
    /// frozen clock is left out.
    void call_both(const Words& words) {
        if (words[0] == "SPOP" || words[0] == "TIME") return;
        const Reply one = call(plain, words, plain_context);
        const Reply other = call(scoped, words, scoped_context);
        ASSERT_TRUE(replies_agree(words, one, other)) << text_of(words);
    }

    Keyspace plain{{.random_seed = 42}};
    Keyspace scoped{{.random_seed = 42}};
    CallContext plain_context;
    CallContext scoped_context;
};

}  // namespace arenite::redis::testing
