// The mathematical library (Lua 5.1 §5.6). Results are those of the C library, as in PUC Lua 5.1.5. The random
// numbers are those that the reference gives on Linux, but each VM has a sequence of its own (random_sequence.h), so that a
// script's numbers depend on its seed alone.
#include <cmath>
#include <cstdint>
#include <limits>

#include "vm/lib/lib.h"
#include "vm/text/random_sequence.h"

namespace arenite::lib {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kRadiansPerDegree = kPi / 180.0;

using Unary = double (*)(double);
using Binary = double (*)(double, double);

/// A function of one number.
template <Unary f>
NativeResult unary(NativeContext& cx) {
    double x = 0;
    return cx.check_number(0, x) ? cx.done_number(f(x)) : cx.failed();
}

/// A function of two numbers.
template <Binary f>
NativeResult binary(NativeContext& cx) {
    double x = 0;
    double y = 0;
    // The reference evaluates the arguments of atan2, fmod and pow from the last to the first (a C compiler's choice).
    return cx.check_number(1, y) && cx.check_number(0, x) ? cx.done_number(f(x, y)) : cx.failed();
}

double degrees(double x) {
    return x / kRadiansPerDegree;
}
double radians(double x) {
    return x * kRadiansPerDegree;
}

/// math.modf (x)
NativeResult modf(NativeContext& cx) {
    double x = 0;
    if (!cx.check_number(0, x)) return cx.failed();
    double whole = 0;
    const double fraction = std::modf(x, &whole);
    return cx.done(Value::canonical(whole), Value::canonical(fraction));
}

/// math.frexp (x)
NativeResult frexp(NativeContext& cx) {
    double x = 0;
    if (!cx.check_number(0, x)) return cx.failed();
    int exponent = 0;
    const double mantissa = std::frexp(x, &exponent);
    return cx.done(Value::canonical(mantissa), Value::number(exponent));
}

/// math.ldexp (m, e)
NativeResult ldexp(NativeContext& cx) {
    double mantissa = 0;
    std::int32_t exponent = 0;
    if (!check_int(cx, 1, exponent) || !cx.check_number(0, mantissa)) return cx.failed();
    return cx.done_number(std::ldexp(mantissa, exponent));
}

/// math.min, math.max: the first argument that no later one goes beyond (as the reference compares, which shows in NaNs
/// and zeros).
template <bool kMax>
NativeResult extreme(NativeContext& cx) {
    const std::uint32_t n = cx.arg_count();
    // Paid in advance: state 1 is "paid", after which the work is bounded.
    if (n > 8 && cx.state() == 0 && !cx.charge(n / 8)) return cx.suspend(1);
    double best = 0;
    if (!cx.check_number(0, best)) return cx.failed();
    for (std::uint32_t i = 1; i < n; ++i) {
        double x = 0;
        if (!cx.check_number(i, x)) return cx.failed();
        if (kMax ? x > best : x < best) best = x;
    }
    return cx.done_number(best);
}

/// math.random ([m [, n]])
NativeResult random(NativeContext& cx) {
    const std::int32_t number = random_sequence(library(cx).machine()).next();
    const double r = static_cast<double>(number % RandomSequence::kMax) / RandomSequence::kMax;  // [0, 1)
    std::int32_t low = 1;
    std::int32_t high = 1;
    switch (cx.arg_count()) {
        case 0: return cx.done_number(r);
        case 1:
            if (!check_int(cx, 0, high)) return cx.failed();
            if (low > high) return cx.arg_error(0, "interval is empty");
            break;
        case 2:
            if (!check_int(cx, 0, low) || !check_int(cx, 1, high)) return cx.failed();
            if (low > high) return cx.arg_error(1, "interval is empty");
            break;
        default: return cx.error("wrong number of arguments");
    }
    // Intervals of more than 2^31 numbers are right here; the reference's int overflows.
    const double count = static_cast<double>(std::int64_t{high} - low + 1);
    return cx.done_number(std::floor(r * count) + low);
}

/// math.randomseed (x)
NativeResult randomseed(NativeContext& cx) {
    std::int32_t seed = 0;
    if (!check_int(cx, 0, seed)) return cx.failed();
    random_sequence(library(cx).machine()).seed(static_cast<std::uint32_t>(seed));
    return cx.done();
}

}  // namespace

void open_math(LibraryBuilder& b) {
    b.library("math");
    fast_function(b, "abs", unary<std::fabs>, FastNative::Abs);
    b.function("acos", unary<std::acos>);
    b.function("asin", unary<std::asin>);
    b.function("atan", unary<std::atan>);
    b.function("atan2", binary<std::atan2>);
    fast_function(b, "ceil", unary<std::ceil>, FastNative::Ceil);
    fast_function(b, "cos", unary<std::cos>, FastNative::Cos);
    b.function("cosh", unary<std::cosh>);
    b.function("deg", unary<degrees>);
    fast_function(b, "exp", unary<std::exp>, FastNative::Exp);
    fast_function(b, "floor", unary<std::floor>, FastNative::Floor);
    fast_function(b, "fmod", binary<std::fmod>, FastNative::Fmod);
    b.function("frexp", frexp);
    b.function("ldexp", ldexp);
    fast_function(b, "log", unary<std::log>, FastNative::Log);
    b.function("log10", unary<std::log10>);
    fast_function(b, "max", extreme<true>, FastNative::Max);
    fast_function(b, "min", extreme<false>, FastNative::Min);
    b.function("modf", modf);
    fast_function(b, "pow", binary<std::pow>, FastNative::Pow);
    b.function("rad", unary<radians>);
    fast_function(b, "random", random, FastNative::Random);
    b.function("randomseed", randomseed);
    fast_function(b, "sin", unary<std::sin>, FastNative::Sin);
    b.function("sinh", unary<std::sinh>);
    fast_function(b, "sqrt", unary<std::sqrt>, FastNative::Sqrt);
    b.function("tan", unary<std::tan>);
    b.function("tanh", unary<std::tanh>);
    b.number("pi", kPi);
    b.number("huge", std::numeric_limits<double>::infinity());
    b.alias("mod", "fmod");  // LUA_COMPAT_MOD
}

}  // namespace arenite::lib
