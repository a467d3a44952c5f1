#include "tests/fuzz/fairness/meter.h"

#include <algorithm>

#include "tests/fuzz/fairness/runs.h"

namespace arenite::fuzz {

Longest measure(const Measured& measured, const MeterOptions& options) {
    Longest longest;
    std::vector<float> least;
    std::size_t until = static_cast<std::size_t>(-1);  // later steps have been found to be short enough
    bool over = false;
    // What is far too long is so every time.
    for (int run = 0; run < options.repetitions && (run < 2 || longest.microseconds < options.hopeless); ++run) {
        std::size_t step = 0;
        double spent = 0;
        double last = 0;
        const RunOutcome outcome = run_steps(measured, options, [&](double took, bool) {
            last = took;
            spent += took;
            if (run == 0) {
                least.push_back(static_cast<float>(took));
            } else if (step < least.size()) {
                least[step] = std::min(least[step], static_cast<float>(took));
            }
            return ++step < until && (run > 0 || spent < options.seconds * 1e6);
        });
        if (run == 0) {
            over = outcome.over;
            longest.failure = outcome.failure;
            longest.steps = step;
            if (over) longest.last = last;
        }
        // The step in which the run ends, ends the transaction as well.
        const std::size_t count = over && !least.empty() ? longest.steps - 1 : longest.steps;
        const auto end = least.begin() + static_cast<std::ptrdiff_t>(count);
        const auto most = std::max_element(least.begin(), end);
        longest.microseconds = most == end ? 0 : static_cast<double>(*most);
        longest.step = static_cast<std::size_t>(most - least.begin());
        if (longest.microseconds < options.suspicious) break;
        until = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (static_cast<double>(least[i]) >= options.suspicious) until = i + 1;
        }
    }
    if (longest.microseconds >= options.suspicious) {
        std::size_t step = 0;
        longest.where = run_steps(measured, options, [&](double, bool) { return step++ < longest.step; }).where;
        if (longest.where.empty()) longest.where = "the end";
    }
    return longest;
}

std::vector<std::string> library_functions(Profile profile) {
    static constexpr const char* kSource = R"((function()
local names, seen = {}, {}
local refused = {["os.exit"] = 1, ["os.execute"] = 1, ["os.remove"] = 1, ["os.rename"] = 1, ["os.tmpname"] = 1,
    ["os.setlocale"] = 1, ["io.popen"] = 1, ["io.read"] = 1, ["io.lines"] = 1, ["io.input"] = 1, ["io.output"] = 1,
    ["io.open"] = 1, ["io.tmpfile"] = 1, ["debug.debug"] = 1, ["dofile"] = 1, ["loadfile"] = 1, ["require"] = 1,
    ["package.loadlib"] = 1, ["io.close"] = 1, ["debug.sethook"] = 1, ["redis.call"] = 1, ["redis.pcall"] = 1}
for name, f in pairs(_G) do
    if type(f) == "function" and not refused[name] then names[#names + 1] = name end
    if type(f) == "table" and f ~= _G then
        for inner, g in pairs(f) do
            local full = name .. "." .. tostring(inner)
            if type(g) == "function" and not refused[full] then names[#names + 1] = full end
        end
    end
end
table.sort(names)
return unpack(names)
end)())";
    return strings_of(profile, kSource);
}

}  // namespace arenite::fuzz
