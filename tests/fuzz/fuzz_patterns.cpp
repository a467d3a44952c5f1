// Fuzzes the pattern matcher and string.format: random patterns, subjects and replacements in find, match, gmatch, gsub
// and format. What each answers must not depend on where it is suspended, and must agree with what the others answer.
#include <string>

#include "fuzz_vm.h"

namespace {

using namespace arenite;
using namespace arenite::fuzz;

constexpr std::string_view kDriver = R"lua(
local function show(...)
    local t = {}
    for i = 1, select("#", ...) do
        local v = select(i, ...)
        t[i] = type(v) == "table" and "table" or type(v) == "function" and "function" or tostring(v)
    end
    return table.concat(t, "\1")
end
local operations = {
    function(s, p, r, n) return string.find(s, p, n) end,
    function(s, p, r, n) return string.find(s, p, n, true) end,
    function(s, p, r, n) return string.match(s, p, n) end,
    function(s, p, r, n)
        local t = {}
        for a, b in string.gmatch(s, p) do
            t[#t + 1] = tostring(a) .. "\2" .. tostring(b)
            if #t > 60 then break end
        end
        return table.concat(t, "\3")
    end,
    function(s, p, r, n) return string.gsub(s, p, r) end,
    function(s, p, r, n) return string.gsub(s, p, r, n) end,
    function(s, p, r, n) return string.gsub(s, p, {[r] = s, a = 1, b = true, c = false, [1] = r}) end,
    function(s, p, r, n)
        local i = 0
        return string.gsub(s, p, function(...)
            i = i + 1
            local k = (i + n) % 4
            if k == 0 then return r elseif k == 1 then return i elseif k == 2 then return ... end
        end)
    end,
    function(s, p, r, n) return string.format(p, s, n, r, n, s, n) end,
    function(s, p, r, n) return string.format(p, n, n * 1e10, -n, n / 7, 0 / 0, 1 / 0) end,
    -- Agreement: %0 for everything is the identity; find and match see the same place.
    function(s, p, r, n)
        local same = string.gsub(s, p, "%0")
        if same ~= s then BROKEN("gsub with %0 is not the identity") end
        local i, j = string.find(s, p)
        local m = string.match(s, p)
        -- (A pattern ends at its first NUL in match, but not in a find that takes it for plain: lstrlib.c.)
        if not p:find("%z") and (i == nil) ~= (m == nil) then BROKEN("find and match disagree") end
        if i and not p:find("^%^") and not p:find("%%%d") and not p:find("%z") then
            local ok, a, b = pcall(string.match, s, "()" .. p)
            if ok and a ~= i then BROKEN("a position capture disagrees with find") end
        end
        if i and not p:find("[%^%$%*%+%?%.%(%[%%%-]") and s:sub(i, j) ~= p then BROKEN("a plain match is no match") end
        return i, j, m
    end,
}
return function(op, s, p, r, n) return show(pcall(operations[op], s, p, r, n)) end
)lua";
constexpr std::size_t kOperations = 11;

NativeResult broken(NativeContext& cx) {
    std::string_view what;
    if (!cx.check_string(0, what)) return cx.failed();
    fail(what);
}

struct Fixture {
    Fixture() : machine(small_options()) {
        Vm& vm = machine.vm();
        check(vm.begin() == TxnStatus::Ok, "begin");
        check(vm.set_field(vm.globals().as<Table>(), "BROKEN", vm.make_native(broken, "BROKEN")), "BROKEN");
        check(vm.commit() == TxnStatus::Ok, "commit");
        driver = machine.keep(kDriver);
        machine.verify_each = 32;  // strings come and go here, nothing else
    }
    FuzzedVm machine;
    Value driver = Value::nil();
};

/// What the operation answers; empty when it had to be killed.
std::string answer(FuzzedVm& machine, Value driver, std::size_t op, std::string_view s, std::string_view p,
                   std::string_view r, int n, std::uint64_t step) {
    Vm& vm = machine.vm();
    machine.begin();
    const Value arguments[] = {Value::number(static_cast<double>(op)), vm.make_string(s), vm.make_string(p),
                               vm.make_string(r), Value::number(n)};
    std::string text;
    if (vm.start(driver, arguments) && run_bounded(vm, step, 200'000) == RunStatus::Finished) {
        text = vm.to_display(vm.results()[0]);
        text += '!';
    }
    machine.rollback();
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Fixture fixture;
    Input in(data, size);
    const std::size_t op = 1 + in.below(kOperations);
    const int n = static_cast<std::int8_t>(in.byte());
    const std::uint64_t step = 1u + in.byte() % 64;
    const std::string_view p = in.take(in.byte() % 40);
    const std::string_view r = in.take(in.byte() % 12);
    std::string s(in.rest());
    if (n % 8 == 7 && s.size() < 64) {  // a long subject now and then
        std::string all;
        for (int i = 0; i < 40; ++i) all += s;
        s = std::move(all);
    }
    const std::string whole = answer(fixture.machine, fixture.driver, op, s, p, r, n, 1'000'000);
    if (whole.empty()) return 0;
    const std::string stepped = answer(fixture.machine, fixture.driver, op, s, p, r, n, step);
    check(stepped.empty() || stepped == whole, "suspending changed the answer", stepped + " instead of " + whole);
    return 0;
}
