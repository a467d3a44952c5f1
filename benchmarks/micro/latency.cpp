// The longest piece of work between two checks of the budget, for scripts that make one native or instruction work
// hard: each is run in steps of one unit, and the longest step is reported, in microseconds of processor time. Not a
// Google Benchmark: what counts is a maximum. The steps of a script are the same in each run; of each, the shortest
// time counts, so that what others do on the machine does not. The last step, which ends the transaction, is reported
// by itself.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <arenite/ref.h>
#include <arenite/task.h>
#include "vm/embed/host.h"

namespace {

using namespace arenite;

struct Script {
    const char* name;
    const char* setup;  ///< run before, committed
    const char* source;
};

constexpr Script kScripts[] = {
    {"string.rep 1e8", "", "local s = ('a'):rep(1e8)"},
    {"string.rep 10 bytes, 1e8", "", "local s = ('abcdefghij'):rep(1e7)"},
    {"find (.-) backtracking", "", "string.find(('a'):rep(30), ('.-'):rep(25) .. 'b')"},
    {"find plain 1e7", "S = ('a'):rep(1e7)", "string.find(S, 'b', 1, true)"},
    {"find plain, bad needle", "S = ('a'):rep(1e6) N = ('a'):rep(5e5) .. 'b'", "string.find(S, N, 1, true)"},
    {"find class 1e7", "S = ('a'):rep(1e7)", "string.find(S, '%d')"},
    {"gsub 1e6", "S = ('ab'):rep(5e5)", "string.gsub(S, 'a', 'xyz')"},
    {"gsub function", "S = ('ab'):rep(1e5)", "string.gsub(S, '.', function(c) return c .. c end)"},
    {"gmatch", "S = ('ab '):rep(3e5)", "for w in S:gmatch('%w+') do end"},
    {"table.concat 1e6", "T = {} for i = 1, 1e6 do T[i] = 'x' .. i % 100 end", "local s = table.concat(T, ',')"},
    {"table.concat of long strings", "T = {} for i = 1, 100 do T[i] = ('x'):rep(1e6) end", "local s = table.concat(T)"},
    {".. of two long strings", "A = ('x'):rep(5e7)", "local s = A .. A"},
    {"== of long strings", "A = ('x'):rep(1e8) B = ('x'):rep(1e8)", "local s = A == B"},
    {"< of long strings", "A = ('x'):rep(1e8) B = ('x'):rep(1e8)", "local s = A < B"},
    {"long string as key", "A = ('x'):rep(1e8)", "local t = {} t[A] = 1"},
    {"array growth to 1e7", "", "local t = {} for i = 1, 1e7 do t[i] = i end"},
    {"hash growth to 1e6", "", "local t = {} for i = 1, 1e6 do t['k' .. i] = i end"},
    {"hash growth, numbers, 4e6", "", "local t = {} for i = 1, 4e6 do t[i + 0.5] = i end"},
    {"next over an emptied table", "T = {} for i = 1, 4e6 do T[i + 0.5] = i end for k in pairs(T) do T[k] = nil end",
     "next(T)"},
    {"# of a large table", "T = {} for i = 1, 4e6 do T[i] = i end", "local n = #T"},
    {"table.sort 1e6", "T = {} for i = 1, 1e6 do T[i] = i * 7919 % 1000003 end", "table.sort(T)"},
    {"table.sort with <", "T = {} for i = 1, 1e5 do T[i] = i * 7919 % 100003 end",
     "table.sort(T, function(a, b) return a < b end)"},
    {"table.insert at 1", "T = {} for i = 1, 4e6 do T[i] = i end", "table.insert(T, 1, 0)"},
    {"table.remove at 1", "T = {} for i = 1, 4e6 do T[i] = i end", "table.remove(T, 1)"},
    {"unpack 7000", "T = {} for i = 1, 7000 do T[i] = i end", "for i = 1, 100 do select('#', unpack(T)) end"},
    {"string.format %s long", "S = ('x'):rep(1e7)", "local s = string.format('%s%s', S, S)"},
    {"string.format %q long", "S = ('x'):rep(1e7)", "local s = string.format('%q', S)"},
    {"upper 1e7", "S = ('x'):rep(1e7)", "local s = S:upper()"},
    {"reverse 1e7", "S = ('x'):rep(1e7)", "local s = S:reverse()"},
    {"sub of 1e8", "S = ('x'):rep(1e8)", "local s = S:sub(2)"},
    {"byte 7000", "S = ('x'):rep(1e4)", "for i = 1, 100 do select('#', S:byte(1, 7000)) end"},
    {"tonumber of a long string", "S = ('1'):rep(1e7)", "local n = tonumber(S)"},
    {"tostring", "T = setmetatable({}, {__tostring = function() return 'x' end})", "for i = 1, 1e4 do tostring(T) end"},
    {"loadstring 2 MB", "S = ('x = 1 '):rep(3e5)", "loadstring(S)"},
    {"load with a reader", "S = ('x = 1 '):rep(100)",
     "local n = 0 load(function() n = n + 1 return n < 1000 and S or nil end)"},
    {"string.dump", "F = loadstring(('x = 1 '):rep(3e4))", "string.dump(F)"},
    {"many closures and tables (gc)", "", "local t = {} for i = 1, 1e6 do t[i % 1e5] = {function() return i end} end"},
    {"weak table of 1e6 (gc)", "", "local w = setmetatable({}, {__mode = 'k'}) for i = 1, 1e6 do w[{}] = i end"},
    {"deep recursion", "", "local function f(n) if n == 0 then return 0 end return f(n - 1) + 1 end f(190000)"},
    {"error through a deep stack", "",
     "local function f(n) if n == 0 then error('x') end return f(n - 1) + 1 end pcall(f, 190000)"},
    {"debug.traceback of a deep stack", "",
     "local function f(n) if n == 0 then return debug.traceback() end return (f(n - 1)) end f(190000)"},
    {"collectgarbage", "T = {} for i = 1, 1e6 do T[i] = {} end", "collectgarbage()"},
    {"coroutines 1e5", "",
     "local t = {} for i = 1, 1e5 do t[i] = coroutine.create(function() coroutine.yield() end) coroutine.resume(t[i]) "
     "end"},
    {"atomic on a deep stack", "",
     "local function f(n) if n == 0 then return arenite.atomic(function() end) end return (f(n - 1)) end f(100000)"},
    {"constructor of 250 items, unpack", "T = {} for i = 1, 7000 do T[i] = i end",
     "for i = 1, 100 do local t = {unpack(T)} end"},
    {"setmetatable/first write to an old table of 4e6", "T = {} for i = 1, 4e6 do T[i] = i end",
     "T[5] = 1 setmetatable(T, {}) T.x = 1"},
};

double now() {
    timespec t{};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

Value compile(Vm& vm, const char* source, Ref<Closure>& keep) {
    Value f = Value::nil();
    if (vm.begin() != TxnStatus::Ok || !vm.load(source, "=latency", f)) return Value::nil();
    keep = Ref<Closure>(vm, f);
    (void)vm.commit();
    return f;
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int kRuns = 3;
    constexpr std::uint64_t kStep = 1000;  // about 2 µs; steps of one unit would mostly pay off what slices cost
    constexpr float kReported = 50;
    std::printf("%-48s %12s %12s %12s %10s\n", "script", "longest, us", "above 50 us", "last, us", "steps");
    for (const Script& s : kScripts) {
        if (argc > 1 && std::string(s.name).find(argv[1]) == std::string::npos) continue;
        std::vector<float> least;
        std::string failed;
        for (int run = 0; run < kRuns; ++run) {
            const std::unique_ptr<Vm> vm = Vm::create({});
            Ref<Closure> keep[2];
            if (!vm) return 1;
            (void)Task(*vm, compile(*vm, s.setup, keep[0])).run();
            Task task(*vm, compile(*vm, s.source, keep[1]));
            std::size_t step = 0;
            const double start = now();
            while (task.status() == RunStatus::Suspended && now() - start < 30e6) {
                const double before = now();
                task.step(kStep);
                const auto took = static_cast<float>(now() - before);
                if (run == 0) {
                    least.push_back(took);
                } else if (step < least.size()) {
                    least[step] = std::min(least[step], took);
                }
                ++step;
            }
            least.resize(std::min(least.size(), step));
            if (task.status() == RunStatus::Failed) failed = task.failure().message;
        }
        const float last = least.back();
        least.pop_back();
        const float longest = least.empty() ? 0 : *std::max_element(least.begin(), least.end());
        const auto above = std::count_if(least.begin(), least.end(), [](float us) { return us > kReported; });
        std::printf("%-48s %12.1f %12td %12.1f %10zu  %s\n", s.name, static_cast<double>(longest), above,
                    static_cast<double>(last), least.size() + 1, failed.c_str());
        std::fflush(stdout);
    }
}
