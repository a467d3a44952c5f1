// The typed API (arenite/object.h, OB1 to OB3; arenite/convert.h; arenite/run.h; arenite/bind.h, BN1).
#include <arenite/arenite.hpp>

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace arenite {
namespace {

class TypedApi : public testing::Test {
protected:
    void SetUp() override {
        vm = Vm::create();
        ASSERT_TRUE(vm);
    }
    std::unique_ptr<Vm> vm;
};

// --- run ----------------------------------------------------------------------------------------------------------------

TEST_F(TypedApi, RunLoadsCallsAndCommits) {
    const RunResult result = vm->run("x = (...) * 2 return x, 'text', true", {.args = {21}});
    ASSERT_TRUE(result) << result.failure().message;
    EXPECT_EQ(result.count(), 3u);
    EXPECT_EQ(result.get<int>().value_or(0), 42);
    EXPECT_EQ(result.get<std::string>(1).value_or(""), "text");
    EXPECT_EQ(result.get<std::optional<int>>(7).value_or(1), std::nullopt);
    const auto all = result.as<int, std::string, bool>();
    ASSERT_TRUE(all) << all.message();
    EXPECT_EQ(*all, std::make_tuple(42, std::string("text"), true));
    EXPECT_EQ((*vm)["x"].get<int>().value_or(0), 42);
    EXPECT_EQ(result.get<int>(1).message(), "integer expected, got string");
    EXPECT_EQ((result.as<int, int>().message()), "result 2: integer expected, got string");
}

TEST_F(TypedApi, RunRollsBackWhatFails) {
    ASSERT_TRUE(vm->run("x = 1"));
    const std::uint64_t before = vm->state_hash();
    EXPECT_EQ(vm->run("x = 2 error('no')").failure().message, "run:1: no");
    EXPECT_EQ(vm->run("x = 2 error({})", {.name = "@f"}).failure().message, "(error object is a table value)");
    EXPECT_EQ(vm->run("x = = 2", {.name = "@f.lua"}).failure().kind, Failure::Kind::Syntax);
    EXPECT_EQ(vm->run("while true do x = 3 end", {.work_limit = 1000}).failure().kind, Failure::Kind::WorkLimit);
    EXPECT_EQ(vm->state_hash(), before);
    EXPECT_FALSE(vm->run("x = 5 error()", {.on_failure = OnFailure::Keep}));
    EXPECT_EQ((*vm)["x"].get<int>().value_or(0), 5);
}

TEST_F(TypedApi, RunInATransactionIsAPartOfIt) {
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_TRUE(vm->run("x = 1"));
    EXPECT_FALSE(vm->run("x = 2 error()"));
    EXPECT_EQ((*vm)["x"].get<int>().value_or(0), 1);
    vm->rollback();
    EXPECT_TRUE((*vm)["x"].get()->is_nil());
}

TEST_F(TypedApi, TheErrorValueIsSeenBeforeTheRollback) {
    int code = 0;
    const RunResult result = vm->run("y = 1 error({code = 7})", {.on_error = [&](const lua::Object& error) {
                                         const auto table = error.as<lua::Table>();
                                         if (table) code = table->get<int>("code").value_or(0);
                                     }});
    EXPECT_FALSE(result);
    EXPECT_EQ(code, 7);
    EXPECT_TRUE((*vm)["y"].get()->is_nil());
    EXPECT_EQ(vm->verify(), std::nullopt);
}

// --- Conversions ----------------------------------------------------------------------------------------------------------

TEST_F(TypedApi, NumbersFitOrAreFailures) {
    const auto as = [&]<class T>(const char* text, T) { return vm->run(std::string("return ") + text).get<T>(); };
    EXPECT_EQ(as("255", std::uint8_t{}).value_or(0), 255);
    EXPECT_EQ(as("256", std::uint8_t{}).message(), "integer expected, got number 256");
    EXPECT_EQ(as("-1", std::uint32_t{}).message(), "integer expected, got number -1");
    EXPECT_EQ(as("1.5", int{}).message(), "integer expected, got number 1.5");
    EXPECT_EQ(as("2^63", std::int64_t{}).message(), "integer expected, got number 9.2233720368548e+18");
    EXPECT_EQ(as("-2^63", std::int64_t{}).value_or(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(as("0/0", int{}).ok(), false);
    EXPECT_EQ(as("'1'", double{}).message(), "number expected, got string");
    EXPECT_EQ(as("1.5", double{}).value_or(0), 1.5);
}

TEST_F(TypedApi, Containers) {
    const std::vector<int> list{1, 2, 3};
    const std::map<std::string, double> map{{"a", 1.5}, {"b", 2}};
    ASSERT_TRUE((*vm)["list"].set(list));
    ASSERT_TRUE((*vm)["map"].set(map));
    EXPECT_EQ(vm->run("return #list + list[3]").get<int>().value_or(0), 6);
    EXPECT_EQ((*vm)["list"].get<std::vector<int>>().value_or({}), list);
    EXPECT_EQ(((*vm)["map"].get<std::map<std::string, double>>().value_or({})), map);
    using Either = std::variant<std::monostate, double, std::string>;
    EXPECT_EQ(vm->run("return 'x'").get<Either>().value_or({}), Either("x"));
    EXPECT_EQ(vm->run("return nil").get<Either>().value_or(1.0), Either());
    EXPECT_FALSE(vm->run("return {}").get<Either>());
    EXPECT_FALSE(vm->run("return {1, 'x'}").get<std::vector<int>>());
    EXPECT_EQ(vm->verify(), std::nullopt);
}

// --- Objects ------------------------------------------------------------------------------------------------------------

TEST_F(TypedApi, FieldsOfTables) {
    ASSERT_TRUE(vm->run("config = {size = {width = 3}}"));
    lua::Field size = (*vm)["config"]["size"];
    EXPECT_EQ(size["width"].get<int>().value_or(0), 3);
    size["height"] = 4;
    size["name"] = "small";
    EXPECT_EQ(vm->run("return config.size.height .. config.size.name").get<std::string>().value_or(""), "4small");
    EXPECT_EQ((*vm)["config"]["none"]["x"].get<int>().message(), "table expected, got nil");
    EXPECT_EQ((*vm)["config"]["none"].set(1).ok(), true);
}

TEST_F(TypedApi, MetamethodsAreRespected) {
    ASSERT_TRUE(
        vm->run("local m = {__index = function(t, k) return k .. '!' end, __newindex = function(t, k, v) "
                "rawset(t, k, v * 2) end, __tostring = function() return 'me' end, __eq = function() return true "
                "end, __lt = function(a, b) return a.n < b.n end, __concat = function() return 'cat' end} "
                "a = setmetatable({n = 1}, m) b = setmetatable({n = 2}, m)"));
    const lua::Table a = *(*vm)["a"].get<lua::Table>();
    const lua::Table b = *(*vm)["b"].get<lua::Table>();
    EXPECT_EQ(a.get<std::string>("x").value_or(""), "x!");
    EXPECT_TRUE(a.raw_get("x")->is_nil());
    ASSERT_TRUE(a.set("y", 5));
    EXPECT_EQ(a.get<int>("y").value_or(0), 10);
    ASSERT_TRUE(a.raw_set("y", 5));
    EXPECT_EQ(a.get<int>("y").value_or(0), 5);
    EXPECT_EQ(a.to_string().value_or(""), "me");
    EXPECT_TRUE(a.equals(b).value_or(false));
    EXPECT_TRUE(a.less_than(b).value_or(false));
    EXPECT_FALSE(b.less_than(a).value_or(true));
    EXPECT_EQ(a.concat(b)->as<std::string>().value_or(""), "cat");
    EXPECT_EQ(lua::Object(*vm, Value::nil()).less_than(a).message(), "host:1: attempt to compare nil with table");
    EXPECT_EQ(vm->verify(), std::nullopt);
}

TEST_F(TypedApi, OB1_WhatWasRolledBackIsStale) {
    lua::Object kept;
    {
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        kept = lua::Table::make(*vm);
        const lua::Object copy = kept;
        EXPECT_FALSE(copy.stale());
        vm->rollback();
        EXPECT_TRUE(copy.stale());
    }
    EXPECT_TRUE(kept.stale());
    EXPECT_EQ(kept.as<lua::Table>().message(), "stale or foreign handle");
    kept = *vm->run("return {1}")[0].as<lua::Table>();
    vm->full_collect();
    EXPECT_EQ(kept.as<std::vector<int>>()->size(), 1u);
    EXPECT_EQ((lua::Table(*vm, Value::number(1)).get<int>(1).message()), "stale or foreign handle");
    lua::Object copy = kept;
    vm.reset();
    EXPECT_TRUE(kept.stale());
    EXPECT_TRUE(copy.value().is_nil());
    EXPECT_FALSE(copy.as<int>());
}

TEST_F(TypedApi, OB1_ObjectsOfAnotherVmAreRefused) {
    const auto other = Vm::create();
    const lua::Table theirs = lua::Table::make(*other);
    const lua::Table ours = lua::Table::make(*vm);
    EXPECT_FALSE(ours.set("x", theirs));
    EXPECT_FALSE(ours.equals(theirs));
    EXPECT_TRUE(ours.get("x")->is_nil());
}

TEST_F(TypedApi, OB2_AFailedCallIsUndone) {
    ASSERT_TRUE(vm->run("n = 0 function f(fails) n = n + 1 if fails then error('x') end return n, 'two' end"));
    const lua::Function f = *(*vm)["f"].get<lua::Function>();
    EXPECT_EQ(f.call<int>(false).value_or(0), 1);
    EXPECT_EQ(f.call<int>(true).message(), "run:1: x");
    EXPECT_EQ((*vm)["n"].get<int>().value_or(0), 1);
    const auto both = f.call<std::tuple<int, std::string>>(false);
    EXPECT_EQ(*both, std::make_tuple(2, std::string("two")));
    EXPECT_EQ(f.call<std::vector<lua::Object>>(false)->size(), 2u);
    EXPECT_EQ(f.call<std::string>(false).message(), "string expected, got number");
    EXPECT_EQ((*vm)["n"].get<int>().value_or(0), 3) << "what was called has succeeded, not its conversion";
}

TEST_F(TypedApi, IterationAndLength) {
    const lua::Table t = *vm->run("return {10, 20, 30, x = 'y'}")[0].as<lua::Table>();
    EXPECT_EQ(t.length(), 3u);
    double sum = 0;
    int count = 0;
    for (const auto& [key, value] : t) {
        ++count;
        sum += value.as<double>().value_or(0);
    }
    EXPECT_EQ(count, 4);
    EXPECT_EQ(sum, 60);
}

TEST_F(TypedApi, FrozenTables) {
    const lua::Table t = *vm->run("t = {1} return t")[0].as<lua::Table>();
    ASSERT_TRUE(t.freeze());
    EXPECT_EQ(vm->run("t[1] = 2").failure().message, "run:1: Attempt to modify a readonly table");
    EXPECT_EQ(t.set(1, 2).message(), "Attempt to modify a readonly table");
    ASSERT_TRUE(t.freeze(false));
    EXPECT_TRUE(vm->run("t[1] = 2"));
}

// --- Functions of C++ ---------------------------------------------------------------------------------------------------

double twice(double x) {
    return 2 * x;
}

TEST_F(TypedApi, FunctionsOfAllShapes) {
    ASSERT_TRUE(vm->set_function("add", [](double a, double b) { return a + b; }));
    ASSERT_TRUE(vm->set_function("twice", &twice));
    int calls = 0;
    ASSERT_TRUE(vm->set_function("count", [&calls] { ++calls; }));
    ASSERT_TRUE(vm->set_function("both", [](const std::string& s) { return std::make_tuple(s + "1", 2); }));
    ASSERT_TRUE(vm->set_function("maybe", [](std::optional<int> i) { return i.value_or(-1); }));
    ASSERT_TRUE(vm->set_function("many", [](std::string_view first, lua::Arguments rest) {
        return std::string(first) + std::to_string(rest.size()) + rest.get<std::string>(1).value_or("-");
    }));
    ASSERT_TRUE(vm->set_function("used", [](Vm& of, int i) { return of.memory_used() > 0 ? i : 0; }));
    ASSERT_TRUE(vm->set_function("fails", []() -> Result<int> { return lua::detail::failure("not today"); }));
    ASSERT_TRUE(vm->set_function("throws", []() { throw std::runtime_error("thrown"); }));
    ASSERT_TRUE(vm->set_function("list", [](std::vector<int> v) { return v.size(); }));
    const auto text = [&](const char* expression) {
        const RunResult r = vm->run(std::string("return ") + expression);
        return r ? r[0].to_string().value_or("?") : r.failure().message;
    };
    EXPECT_EQ(text("add(1, 2)"), "3");
    EXPECT_EQ(text("twice(4)"), "8");
    EXPECT_EQ(text("select('#', count(), count())"), "1");
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(text("select(2, both('x'))"), "2");
    EXPECT_EQ(text("(both('x'))"), "x1");
    EXPECT_EQ(text("maybe()"), "-1");
    EXPECT_EQ(text("maybe(5)"), "5");
    EXPECT_EQ(text("many('n', 1, 'z')"), "n2z");
    EXPECT_EQ(text("used(3)"), "3");
    EXPECT_EQ(text("list({1, 2})"), "2");
    EXPECT_EQ(text("add(1)"), "run:1: bad argument #2 to 'add' (number expected, got no value)");
    EXPECT_EQ(text("add(1, 'x')"), "run:1: bad argument #2 to 'add' (number expected, got string)");
    EXPECT_EQ(text("maybe(1.5)"), "run:1: bad argument #1 to 'maybe' (integer expected, got number 1.5)");
    EXPECT_EQ(text("used('x')"), "run:1: bad argument #1 to 'used' (integer expected, got string)");
    EXPECT_EQ(text("fails()"), "run:1: not today");
    EXPECT_EQ(text("throws()"), "run:1: thrown");
    EXPECT_EQ(text("select(2, pcall(throws))"), "thrown");
    EXPECT_EQ(vm->verify(), std::nullopt);
}

TEST_F(TypedApi, OB3_FunctionsOfCppCannotCallLua) {
    ASSERT_TRUE(vm->set_function("call", [](lua::Function f) -> Result<void> { return f.call(); }));
    EXPECT_EQ(vm->run("call(function() end)").failure().message, "run:1: the Vm is running");
    ASSERT_TRUE(
        vm->set_function("set", [](lua::Table t) { return t.set("x", 1).ok() && t.get<int>("x").value_or(0) == 1; }));
    EXPECT_TRUE(vm->run("return set({})").get<bool>().value_or(false));
    EXPECT_EQ(vm->run("return set(setmetatable({}, {__newindex = print}))").get<bool>().value_or(true), false);
}

struct Counted {
    explicit Counted(int& count) : count_(&count) { ++*count_; }
    Counted(const Counted& other) : count_(other.count_) { ++*count_; }
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --*count_; }
    int operator()(int i) const { return i + 1; }

private:
    int* count_;
};

TEST_F(TypedApi, BN1_CallablesAreDestroyedOnce) {
    int alive = 0;
    ASSERT_TRUE(vm->set_function("f", Counted(alive)));
    EXPECT_EQ(alive, 1);
    EXPECT_EQ(vm->run("return f(1)").get<int>().value_or(0), 2);
    // Rolled back births.
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    ASSERT_TRUE(vm->set_function("g", Counted(alive)));
    EXPECT_EQ(alive, 2);
    EXPECT_EQ(vm->run("return g(1)").get<int>().value_or(0), 2);
    vm->rollback();
    EXPECT_EQ(alive, 1);
    // A rolled back end: it is there still.
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    EXPECT_TRUE(vm->run("f = nil collectgarbage()"));
    vm->full_collect();
    vm->rollback();
    EXPECT_EQ(alive, 1);
    EXPECT_EQ(vm->run("return f(1)").get<int>().value_or(0), 2);
    // Collected.
    EXPECT_TRUE(vm->run("f = nil"));
    vm->full_collect();
    EXPECT_EQ(alive, 0);
    // Many of them, and those that are left when the Vm ends.
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(vm->set_function("f", Counted(alive)));
    vm->full_collect();
    EXPECT_EQ(alive, 1);
    vm.reset();
    EXPECT_EQ(alive, 0);
}

// --- Classes ------------------------------------------------------------------------------------------------------------

struct Vec {
    static inline int alive = 0;
    Vec(double px, double py) : x(px), y(py) { ++alive; }
    Vec(const Vec& other) : x(other.x), y(other.y) { ++alive; }
    Vec& operator=(const Vec&) = default;
    ~Vec() { --alive; }
    Vec& scale(double by) { return x *= by, y *= by, *this; }
    [[nodiscard]] double length() const { return x + y; }
    double x;
    double y;
};

struct Animal {
    virtual ~Animal() = default;
    [[nodiscard]] virtual std::string sound() const { return "..."; }
    std::string name = "animal";
};
struct Padding {
    virtual ~Padding() = default;
    int pad = 1;
};
struct Dog : Padding, Animal {
    [[nodiscard]] std::string sound() const override { return "woof"; }
    [[nodiscard]] int legs() const { return 4; }
};

class TypedApiClass : public TypedApi {
protected:
    void SetUp() override {
        TypedApi::SetUp();
        Vec::alive = 0;
        const auto result = lua::Class<Vec>(*vm, "Vec")
                                .constructor<double, double>()
                                .method("scale", &Vec::scale)
                                .property("x", &Vec::x)
                                .property("y", &Vec::y)
                                .property("length", &Vec::length)
                                .meta("__add", [](const Vec& a, const Vec& b) { return Vec(a.x + b.x, a.y + b.y); })
                                .function("zero", [] { return Vec(0, 0); })
                                .constant("dimensions", 2)
                                .result();
        ASSERT_TRUE(result) << result.message();
    }
    std::string text(const std::string& expression) {
        const RunResult r = vm->run("return " + expression);
        return r ? r[0].to_string().value_or("?") : r.failure().message;
    }
};

TEST_F(TypedApiClass, HasWhatItWasGiven) {
    EXPECT_EQ(text("Vec(1, 2).x + Vec.new(3, 4).y"), "5");
    EXPECT_EQ(text("(Vec(1, 2) + Vec(3, 4)):scale(2).length"), "20");
    EXPECT_EQ(text("(function() local v = Vec.zero() v.x = 7 return v.x + v.y end)()"), "7");
    EXPECT_EQ(text("(function() local v = Vec.zero() return v:scale(2) == v end)()"), "true");
    EXPECT_EQ(text("Vec.dimensions"), "2");
    EXPECT_EQ(text("Vec(1, 2).none"), "nil");
    EXPECT_EQ(text("getmetatable(Vec(1, 2))"), "Vec");
    EXPECT_EQ(vm->verify(), std::nullopt);
}

TEST_F(TypedApiClass, MistakesAreNamed) {
    EXPECT_EQ(text("Vec(1)"), "run:1: bad argument #2 to 'Vec' (number expected, got no value)");
    EXPECT_EQ(text("Vec(1, 2):scale('x')"), "run:1: bad argument #1 to 'scale' (number expected, got string)");
    EXPECT_EQ(text("Vec(1, 2).scale(5, 1)"), "run:1: bad argument #1 to 'scale' (Vec expected, got number)");
    EXPECT_EQ(text("Vec(1, 2) + 1"), "run:1: bad argument #2 to '?' (Vec expected, got number)");
    EXPECT_EQ(text("(function() Vec(1, 2).length = 3 end)()"), "run:1: field 'length' of a Vec cannot be set");
    EXPECT_EQ(text("(function() Vec(1, 2)[{}] = 3 end)()"), "run:1: a Vec has no fields of type table");
    EXPECT_EQ(text("Vec(1, 2).scale(newproxy(), 1)"), "run:1: bad argument #1 to 'scale' (Vec expected, got userdata)");
}

TEST_F(TypedApiClass, BN1_ObjectsAreDestroyedOnce) {
    ASSERT_TRUE(vm->run("for i = 1, 20000 do local v = Vec(i, i) end kept = Vec(1, 1)"));
    EXPECT_LT(Vec::alive, 20000) << "collected while it ran";
    vm->full_collect();
    EXPECT_EQ(Vec::alive, 1);
    EXPECT_FALSE(vm->run("for i = 1, 100 do local v = Vec(i, i) end error()"));
    EXPECT_EQ(Vec::alive, 1);
    EXPECT_FALSE(vm->run("kept = nil collectgarbage() error()"));
    EXPECT_EQ(text("kept.x"), "1");
    EXPECT_FALSE(vm->run("while true do local v = Vec(1, 2) end", {.work_limit = 50'000}));
    EXPECT_EQ(Vec::alive, 1);
    ASSERT_TRUE(vm->run("kept = nil"));
    vm->full_collect();
    EXPECT_EQ(Vec::alive, 0);
    ASSERT_TRUE(vm->run("kept = {Vec(1, 1), Vec(2, 2)}"));
    vm.reset();
    EXPECT_EQ(Vec::alive, 0);
}

TEST_F(TypedApiClass, SmartPointers) {
    const auto shared = std::make_shared<Vec>(1, 2);
    auto weak = std::make_shared<Vec>(3, 4);
    ASSERT_TRUE(vm->set_function("shared", [&] { return shared; }));
    ASSERT_TRUE(vm->set_function("weak", [&] { return std::weak_ptr<Vec>(weak); }));
    ASSERT_TRUE(vm->set_function("unique", [] { return std::make_unique<Vec>(5, 6); }));
    ASSERT_TRUE(vm->run("s, w, u = shared(), weak(), unique() s.x = 10"));
    EXPECT_EQ(shared->x, 10);
    EXPECT_EQ(shared.use_count(), 2);
    EXPECT_EQ(text("w.x + u.y"), "9");
    weak.reset();
    EXPECT_EQ(text("w.x"), "run:1: bad argument #1 to '?' (Vec expected, got userdata)");
    ASSERT_TRUE(vm->run("s, w, u = nil"));
    vm->full_collect();
    EXPECT_EQ(shared.use_count(), 1);
    EXPECT_EQ(Vec::alive, 1);
}

TEST_F(TypedApiClass, InheritanceAndOverloads) {
    ASSERT_TRUE(
        lua::Class<Animal>(*vm, "Animal").method("sound", &Animal::sound).property("name", &Animal::name).result());
    ASSERT_TRUE(lua::Class<Dog>(*vm, "Dog").constructor<>().base<Animal>().method("legs", &Dog::legs).result());
    ASSERT_TRUE(vm->set_function("name_of", [](const Animal& a) { return a.name; }));
    ASSERT_TRUE(vm->set_function("or_none", [](const Dog* d) { return d ? d->legs() : 0; }));
    EXPECT_EQ(text("Dog():sound() .. Dog():legs() .. Dog().name"), "woof4animal");
    EXPECT_EQ(text("(function() local d = Dog() d.name = 'rex' return name_of(d) end)()"), "rex");
    EXPECT_EQ(text("or_none() + or_none(Dog())"), "4");
    EXPECT_EQ(text("name_of(Vec(1, 2))"), "run:1: bad argument #1 to 'name_of' (Animal expected, got userdata)");
    ASSERT_TRUE(
        vm->set_function("what", lua::overloads([](double) { return "number"; }, [](const Dog&) { return "dog"; },
                                                [](std::string_view, int) { return "two"; })));
    EXPECT_EQ(text("what(1) .. what(Dog()) .. what('x', 1)"), "numberdogtwo");
    EXPECT_EQ(text("what('x')"), "run:1: no overload of 'what' takes these arguments");
    struct Unknown {};
    struct Derived : Unknown {};
    EXPECT_EQ(lua::Class<Derived>(*vm, "Derived").base<Unknown>().result().message(),
              "the base class is not known to this Vm");
}

TEST_F(TypedApiClass, ARolledBackClassIsMadeAnew) {
    struct Point {
        int x = 3;
    };
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    ASSERT_TRUE(lua::Class<Point>(*vm, "Point").constructor<>().property("x", &Point::x).result());
    EXPECT_EQ(text("Point().x"), "3");
    vm->rollback();
    EXPECT_EQ(text("Point"), "nil");
    ASSERT_TRUE(lua::Class<Point>(*vm, "Point").constructor<>().property("x", &Point::x).result());
    EXPECT_EQ(text("Point().x"), "3");
    EXPECT_EQ(vm->verify(), std::nullopt);
}

}  // namespace
}  // namespace arenite
