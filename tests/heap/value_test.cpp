// Tests of heap/include/arenite/value.h.
#include <arenite/value.h>

#include "arena/handle_word.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace arenite {
namespace {

TEST(Value, VA1_EveryDoubleIsANumberAndNothingElse) {
    const double inf = std::numeric_limits<double>::infinity();
    for (const double d : {0.0, -0.0, 1.0, -1.5, 1e308, -1e308, 5e-324, inf, -inf}) {
        const Value v = Value::number(d);
        EXPECT_TRUE(v.is_number());
        EXPECT_FALSE(v.is_object());
        EXPECT_FALSE(v.is_nil());
        EXPECT_TRUE(v.truthy());
        EXPECT_EQ(v.type(), LuaType::Number);
        EXPECT_EQ(v.as_number(), d);
        EXPECT_EQ(std::signbit(v.as_number()), std::signbit(d));
    }
}

TEST(Value, VA1_NansFromOutsideBecomeCanonical) {
    for (std::uint64_t bits : {std::uint64_t{0x7FF0'0000'0000'0001}, std::uint64_t{0x7FF8'0000'0000'0000},
                               std::uint64_t{0x7FFF'FFFF'FFFF'FFFF}, std::uint64_t{0xFFF0'0000'0000'0001},
                               std::uint64_t{0xFFF8'0000'0000'0000}, std::uint64_t{0xFFFF'FFFF'FFFF'FFFF}, Value::kNil,
                               Value::kTrue, word::make(3, 1, 99)}) {
        const double d = std::bit_cast<double>(bits);
        const Value v = Value::canonical(d);
        EXPECT_TRUE(v.is_number()) << std::hex << bits;
        EXPECT_LE(v.bits, word::kBoxed);
        EXPECT_TRUE(std::isnan(v.as_number()));
        EXPECT_EQ(std::signbit(v.as_number()), (bits >> 63) != 0);
    }
    EXPECT_EQ(Value::canonical(2.5), Value::number(2.5));
}

TEST(Value, VA2_Constants) {
    EXPECT_FALSE(Value::nil().truthy());
    EXPECT_FALSE(Value::boolean(false).truthy());
    EXPECT_TRUE(Value::boolean(true).truthy());
    EXPECT_TRUE(Value::nil().is_nil());
    EXPECT_TRUE(Value::boolean(true).is_boolean());
    EXPECT_TRUE(Value::boolean(false).is_boolean());
    EXPECT_FALSE(Value::nil().is_boolean());
    EXPECT_EQ(Value::nil().type(), LuaType::Nil);
    EXPECT_EQ(Value::boolean(false).type(), LuaType::Boolean);
    for (const Value v : {Value::nil(), Value::boolean(false), Value::boolean(true)}) {
        EXPECT_FALSE(v.is_number());
        EXPECT_FALSE(v.is_object());
    }
}

TEST(Value, EveryKindHasItsTagAndType) {
    std::set<unsigned> tags;
#define ARENITE_KIND(Name, tag_, type_, shown, doc) \
    {                                               \
        const Value v{word::make(tag_, 1, 42)};     \
        EXPECT_TRUE(v.is<Name>());                  \
        EXPECT_TRUE(v.is_object());                 \
        EXPECT_FALSE(v.is_number());                \
        EXPECT_TRUE(v.truthy());                    \
        EXPECT_EQ(v.tag(), Tag::Name);              \
        EXPECT_EQ(v.position(), 42u);               \
        EXPECT_EQ(Value::object(v.as<Name>()), v);  \
        EXPECT_TRUE(tags.insert(tag_).second);      \
        EXPECT_EQ(v.type(), LuaType::type_);        \
    }
#include <arenite/object_kinds.def>
    EXPECT_EQ(tags.size(), 10u);
    EXPECT_EQ(*tags.begin(), 1u);
    EXPECT_EQ(*tags.rbegin(), 10u);
}

TEST(Value, LightUserdata) {
    const Value v = Value::light_userdata(0x7FFF'FFFF'FFFFull);
    EXPECT_EQ(v.type(), LuaType::LightUserdata);
    EXPECT_FALSE(v.is_object());
    EXPECT_TRUE(v.truthy());
    EXPECT_NE(v, Value::light_userdata(0));
    EXPECT_FALSE(v.is_nil());
}

TEST(Value, TypeNames) {
    EXPECT_STREQ(type_name(LuaType::Nil), "nil");
    EXPECT_STREQ(type_name(LuaType::LightUserdata), "userdata");
    EXPECT_STREQ(type_name(LuaType::Thread), "thread");
    EXPECT_EQ(static_cast<unsigned>(LuaType::String), 4u);  // LUA_TSTRING
    EXPECT_EQ(static_cast<unsigned>(LuaType::Thread), 8u);  // LUA_TTHREAD
}

}  // namespace
}  // namespace arenite
