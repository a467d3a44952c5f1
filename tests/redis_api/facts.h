// Facts about redis-server 7.0.15, seen live: facts/NAME.txt has Lua expressions, and after each (after a tab) what the
// server made of it by facts/show.lua.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace arenite::redis::testing {

struct Fact {
    std::string expression;
    std::string shown;  ///< what script_of(expression) returns
};

[[nodiscard]] std::vector<Fact> read_facts(const std::string& name);
/// The script that returns all that a protected call of `return EXPRESSION` returns, as one text.
[[nodiscard]] std::string script_of(std::string_view expression);
/// The same for several, one text on a line of its own for each.
[[nodiscard]] std::string script_of(const std::vector<std::string>& expressions);
/// facts/show.lua, which scripts may begin with.
[[nodiscard]] const std::string& show_functions();

}  // namespace arenite::redis::testing
