// What each profile has: every global and every member of a library; and native modules.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include <arenite/vm.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

struct Machine {
    explicit Machine(Profile profile) {
        VmOptions options;
        options.profile = profile;
        options.output = [this](std::string_view s) { out += s; };
        vm = Vm::create(options);
        (void)vm->begin();
    }
    /// Runs a chunk in the open transaction; what it printed, or the message.
    std::string run(std::string_view source) {
        out.clear();
        Value f;
        if (!vm->load(source, "=t", f) || vm->call(f, {}) != RunStatus::Finished) return vm->failure().message;
        return out;
    }
    std::unique_ptr<Vm> vm;
    std::string out;
};

/// Prints the members of a table, a line for each table among them.
constexpr std::string_view kMembers = R"lua(
local function members(t)
  local names = {}
  for k in pairs(t) do names[#names + 1] = k end
  table.sort(names)
  return names
end
print(table.concat(members(_G), ' '))
for _, name in ipairs(members(_G)) do
  local t = _G[name]
  if type(t) == 'table' and t ~= _G then print(name .. ': ' .. table.concat(members(t), ' ')) end
end
print('string metatable: ' .. table.concat(members(getmetatable('')), ' '))
)lua";

constexpr std::string_view kCoroutine = "coroutine: create resume running status wrap yield\n";
constexpr std::string_view kMath =
    "math: abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min mod modf pi "
    "pow "
    "rad random randomseed sin sinh sqrt tan tanh\n";
constexpr std::string_view kString =
    "string: byte char dump find format gfind gmatch gsub len lower match rep reverse sub upper\n";
constexpr std::string_view kTable = "table: concat foreach foreachi getn insert maxn remove setn sort\n";
constexpr std::string_view kStringMetatable = "string metatable: __index\n";
constexpr std::string_view kArenite = "arenite: atomic\n";

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const std::string_view part : parts) all += part;
    return all;
}

TEST(Profiles, Full) {
    Machine m(Profile::Full);
    EXPECT_EQ(
        m.run(kMembers),
        joined({"_G _VERSION arenite assert collectgarbage coroutine debug dofile error gcinfo getfenv getmetatable io "
                "ipairs load loadfile loadstring math module newproxy next os package pairs pcall print rawequal "
                "rawget rawset require select setfenv setmetatable string table tonumber tostring type unpack xpcall\n",
                kArenite, kCoroutine,
                "debug: debug getfenv gethook getinfo getlocal getmetatable getregistry getupvalue setfenv sethook "
                "setlocal setmetatable setupvalue traceback\n"
                "io: close flush input lines open output popen read stderr stdin stdout tmpfile type write\n",
                kMath,
                "os: clock date difftime execute exit getenv remove rename setlocale time tmpname\n"
                "package: config cpath loaded loaders loadlib path preload seeall\n",
                kString, kTable, kStringMetatable}));
}

TEST(Profiles, Sandbox) {
    Machine m(Profile::Sandbox);
    EXPECT_EQ(
        m.run(kMembers),
        joined({"_G _VERSION arenite assert collectgarbage coroutine error gcinfo getfenv getmetatable ipairs load "
                "loadstring math newproxy next os pairs pcall print rawequal rawget rawset require select setfenv "
                "setmetatable string table tonumber tostring type unpack xpcall\n",
                kArenite, kCoroutine, kMath, "os: clock date difftime time\n", kString, kTable, kStringMetatable}));
}

TEST(Profiles, BareHasNothing) {
    Machine m(Profile::Bare);
    const auto globals = m.vm->heap().globals().as<Table>();
    std::uint64_t index = 0;
    Value key = Value::nil();
    Value value = Value::nil();
    EXPECT_FALSE(m.vm->heap().get(globals)->next_entry(index, key, value));
}

/// A module as an embedder writes it: a table with one function, and the name it was asked for by.
NativeResult twice(NativeContext& cx) {
    double x = 0;
    return cx.check_number(0, x) ? cx.done_number(2 * x) : cx.failed();
}
NativeResult open_twice(NativeContext& cx) {
    Handle<Table> module;
    Value function = Value::nil();
    if (!cx.new_table(0, 2, module) || !cx.new_native(twice, "twice", {}, function)) return cx.failed();
    if (!cx.raw_set(module, "twice", function) || !cx.raw_set(module, "name", cx.arg(0))) return cx.failed();
    return cx.done(Value::object(module));
}

class NativeModules : public testing::TestWithParam<Profile> {};

TEST_P(NativeModules, RequireFindsThem) {
    Machine m(GetParam());
    ASSERT_TRUE(m.vm->register_module("acme.twice", open_twice));
    EXPECT_EQ(m.run("local m = require 'acme.twice' print(m.twice(21), m.name, m == require 'acme.twice', _G.acme) "
                    "print(pcall(m.twice, {})) print(require 'string' == string, require '_G' == _G)"),
              "42\tacme.twice\ttrue\tnil\nfalse\tbad argument #1 to '?' (number expected, got table)\ntrue\ttrue\n");
    EXPECT_EQ(m.run("print(select(2, pcall(require, 'acme.none')):match('[^\\n]*\\n[^\\n]*'))"),
              "module 'acme.none' not found:\n\tno field package.preload['acme.none']\n");
}

TEST_P(NativeModules, RegistrationIsPartOfTheTransaction) {
    Machine m(GetParam());
    const std::uint64_t before = m.vm->content_hash();
    ASSERT_TRUE(m.vm->register_module("acme.twice", open_twice));
    EXPECT_EQ(m.vm->rollback(), TxnStatus::Ok);
    EXPECT_EQ(m.vm->content_hash(), before);
    ASSERT_EQ(m.vm->begin(), TxnStatus::Ok);
    EXPECT_EQ(m.run("print((pcall(require, 'acme.twice')))"), "false\n");
}

INSTANTIATE_TEST_SUITE_P(Profiles, NativeModules, testing::Values(Profile::Full, Profile::Sandbox),
                         [](const auto& info) { return info.param == Profile::Full ? "Full" : "Sandbox"; });

TEST(NativeModules, NeedAProfileWithRequire) {
    Machine m(Profile::Bare);
    EXPECT_FALSE(m.vm->register_module("acme.twice", open_twice));
}

TEST(NativeModules, ASandboxSearchesNoFiles) {
    Machine m(Profile::Sandbox);
    EXPECT_EQ(m.run("print(pcall(require, 'x'))"), "false\tmodule 'x' not found:\n\tno field package.preload['x']\n");
}

TEST(NativeModules, LibrariesInFilesAreRefused) {
    Machine m(Profile::Full);
    EXPECT_EQ(m.run("package.path = '' package.cpath = '/proc/self/exe' print(pcall(require, 'x'))"),
              "false\terror loading module 'x' from file '/proc/self/exe':\n\t"
              "dynamic libraries not enabled; check your Lua installation\n");
    EXPECT_EQ(m.run("print(package.loadlib('/proc/self/exe', '*'))"),
              "nil\tdynamic libraries not enabled; check your Lua installation\tabsent\n");
}

}  // namespace
}  // namespace arenite
