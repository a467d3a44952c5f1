// Convert<T>: how values of C++ and of Lua become one another. Specialise it for types of your own.
//
//     template <> struct arenite::Convert<Point> {
//         static constexpr const char* expected = "table with x and y";
//         static bool from(Vm& vm, Value v, Point& out);       // false: it is no Point
//         static bool to(Vm& vm, const Point& p, Value& out);  // false: memory is out
//     };
//
// Nothing is converted silently: a string is no number, 1.5 is no int, and neither is 1e10. An argument or a result that
// is not there is nil.
#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <arenite/object.h>
#include <arenite/value.h>
#include <arenite/vm.h>

namespace arenite {

template <>
struct Convert<Value> {
    static constexpr const char* expected = "value";
    static bool from(Vm&, Value v, Value& out) { return out = v, true; }
    static bool to(Vm&, Value v, Value& out) { return out = v, true; }
};

template <>
struct Convert<bool> {
    static constexpr const char* expected = "boolean";
    static bool from(Vm&, Value v, bool& out) { return out = v.truthy(), v.is_boolean(); }
    static bool to(Vm&, bool b, Value& out) { return out = Value::boolean(b), true; }
};

template <std::floating_point T>
struct Convert<T> {
    static constexpr const char* expected = "number";
    static bool from(Vm&, Value v, T& out) { return out = static_cast<T>(v.as_number()), v.is_number(); }
    static bool to(Vm&, T d, Value& out) { return out = Value::canonical(static_cast<double>(d)), true; }
};

template <std::integral T>
    requires(!std::same_as<T, bool>)
struct Convert<T> {
    static constexpr const char* expected = "integer";
    static bool from(Vm&, Value v, T& out) {
        const double d = v.as_number();
        // One past the largest T is a power of two, so a double.
        constexpr double kEnd = 2.0 * static_cast<double>(std::numeric_limits<T>::max() / 2 + 1);
        if (!v.is_number() || !(d >= static_cast<double>(std::numeric_limits<T>::min()) && d < kEnd)) return false;
        out = static_cast<T>(d);
        return static_cast<double>(out) == d;
    }
    static bool to(Vm&, T i, Value& out) { return out = Value::number(static_cast<double>(i)), true; }
};

template <class T>
    requires std::is_enum_v<T>
struct Convert<T> {
    using Number = std::underlying_type_t<T>;
    static constexpr const char* expected = "integer";
    static bool from(Vm& vm, Value v, T& out) {
        Number number{};
        if (!Convert<Number>::from(vm, v, number)) return false;
        out = static_cast<T>(number);
        return true;
    }
    static bool to(Vm& vm, T e, Value& out) { return Convert<Number>::to(vm, static_cast<Number>(e), out); }
};

template <>
struct Convert<std::string_view> {
    static constexpr const char* expected = "string";
    /// The bytes are the Vm's: good as long as something there refers to the string.
    static bool from(Vm& vm, Value v, std::string_view& out) {
        if (!v.is_string() || !vm.check(v)) return false;
        out = vm.string(v);
        return true;
    }
    static bool to(Vm& vm, std::string_view bytes, Value& out) {
        out = vm.make_string(bytes);
        return !out.is_nil();
    }
};

template <>
struct Convert<std::string> {
    static constexpr const char* expected = "string";
    static bool from(Vm& vm, Value v, std::string& out) {
        std::string_view bytes;
        if (!Convert<std::string_view>::from(vm, v, bytes)) return false;
        out.assign(bytes);
        return true;
    }
    static bool to(Vm& vm, const std::string& s, Value& out) { return Convert<std::string_view>::to(vm, s, out); }
};

template <>
struct Convert<const char*> {
    static bool to(Vm& vm, const char* s, Value& out) {
        if (s) return Convert<std::string_view>::to(vm, s, out);
        return out = Value::nil(), true;
    }
};
template <std::size_t n>
struct Convert<char[n]> {
    static bool to(Vm& vm, const char* s, Value& out) { return Convert<std::string_view>::to(vm, s, out); }
};

template <>
struct Convert<std::nullptr_t> {
    static constexpr const char* expected = "nil";
    static bool from(Vm&, Value v, std::nullptr_t&) { return v.is_nil(); }
    static bool to(Vm&, std::nullptr_t, Value& out) { return out = Value::nil(), true; }
};
template <>
struct Convert<std::monostate> {
    static constexpr const char* expected = "nil";
    static bool from(Vm&, Value v, std::monostate&) { return v.is_nil(); }
    static bool to(Vm&, std::monostate, Value& out) { return out = Value::nil(), true; }
};

template <>
struct Convert<lua::Object> {
    static constexpr const char* expected = "value";
    static bool from(Vm& vm, Value v, lua::Object& out) { return out = lua::Object(vm, v), !out.stale(); }
    static bool to(Vm&, const lua::Object& o, Value& out) { return out = o.value(), !o.stale(); }
};
template <>
struct Convert<lua::Table> {
    static constexpr const char* expected = "table";
    static bool from(Vm& vm, Value v, lua::Table& out) { return out = lua::Table(vm, v), !out.stale(); }
    static bool to(Vm&, const lua::Table& t, Value& out) { return out = t.value(), !t.stale(); }
};
template <>
struct Convert<lua::Function> {
    static constexpr const char* expected = "function";
    static bool from(Vm& vm, Value v, lua::Function& out) { return out = lua::Function(vm, v), !out.stale(); }
    static bool to(Vm&, const lua::Function& f, Value& out) { return out = f.value(), !f.stale(); }
};

/// nil is none.
template <class T>
struct Convert<std::optional<T>> {
    static constexpr const char* expected = Convert<T>::expected;
    static bool from(Vm& vm, Value v, std::optional<T>& out) {
        out.reset();
        return v.is_nil() || Convert<T>::from(vm, v, out.emplace());
    }
    static bool to(Vm& vm, const std::optional<T>& o, Value& out) {
        if (o) return Convert<T>::to(vm, *o, out);
        return out = Value::nil(), true;
    }
};

/// The first of the types that fits.
template <class... Ts>
struct Convert<std::variant<Ts...>> {
    static constexpr const char* expected = "value of another type";
    static bool from(Vm& vm, Value v, std::variant<Ts...>& out) {
        return ([&] {
            Ts one{};
            if (!Convert<Ts>::from(vm, v, one)) return false;
            out = std::move(one);
            return true;
        }() || ...);
    }
    static bool to(Vm& vm, const std::variant<Ts...>& one, Value& out) {
        return std::visit([&]<class T>(const T& it) { return Convert<T>::to(vm, it, out); }, one);
    }
};

/// A table with entries 1 to #t.
template <class T>
struct Convert<std::vector<T>> {
    static constexpr const char* expected = "table (a list)";
    static bool from(Vm& vm, Value v, std::vector<T>& out) {
        const lua::Table t(vm, v);
        if (t.stale()) return false;
        const std::uint32_t n = t.length();
        out.clear();
        out.reserve(n);
        for (std::uint32_t i = 1; i <= n; ++i) {
            T item{};
            if (!Convert<T>::from(vm, vm.get_index(v.as<Table>(), i), item)) return false;
            out.push_back(std::move(item));
        }
        return true;
    }
    static bool to(Vm& vm, const std::vector<T>& list, Value& out) {
        lua::detail::Scope scope(vm);
        const lua::Table t = lua::Table::make(vm, static_cast<std::uint32_t>(list.size()));
        std::int64_t i = 0;
        for (const T& item : list) {
            Value v = Value::nil();
            if (t.stale() || !Convert<T>::to(vm, item, v) || !vm.set_index(t.value().as<Table>(), ++i, v)) return false;
        }
        scope.keep();
        return out = t.value(), !t.stale();
    }
};

/// A table of entries; its order says nothing.
template <class Map>
struct ConvertMap {
    static constexpr const char* expected = "table";
    static bool from(Vm& vm, Value v, Map& out) {
        const lua::Table t(vm, v);
        if (t.stale()) return false;
        out.clear();
        for (const auto& [key, value] : t) {
            typename Map::key_type k{};
            typename Map::mapped_type m{};
            if (!Convert<typename Map::key_type>::from(vm, key.value(), k)) return false;
            if (!Convert<typename Map::mapped_type>::from(vm, value.value(), m)) return false;
            out.insert_or_assign(std::move(k), std::move(m));
        }
        return true;
    }
    static bool to(Vm& vm, const Map& map, Value& out) {
        lua::detail::Scope scope(vm);
        const lua::Table t = lua::Table::make(vm, 0, static_cast<std::uint32_t>(map.size()));
        if (t.stale()) return false;
        for (const auto& [key, value] : map) {
            if (!t.raw_set(key, value)) return false;
        }
        scope.keep();
        return out = t.value(), true;
    }
};
template <class K, class V, class... Rest>
struct Convert<std::map<K, V, Rest...>> : ConvertMap<std::map<K, V, Rest...>> {};
template <class K, class V, class... Rest>
struct Convert<std::unordered_map<K, V, Rest...>> : ConvertMap<std::unordered_map<K, V, Rest...>> {};

namespace lua::detail {
template <class T>
[[nodiscard]] Result<T> convert(Vm& vm, Value v) {
    T out{};
    if (Convert<T>::from(vm, v, out)) return out;
    return wrong_type(Convert<T>::expected, v);
}
/// What a call answers, as R (Function::call()).
template <class R>
struct Results {
    static Result<R> of(Vm& vm, std::span<const Value> results) {
        return convert<R>(vm, results.empty() ? Value::nil() : results[0]);
    }
};
template <>
struct Results<void> {
    static Result<void> of(Vm&, std::span<const Value>) { return {}; }
};
template <>
struct Results<std::vector<Object>> {
    static Result<std::vector<Object>> of(Vm& vm, std::span<const Value> results) {
        std::vector<Object> all;
        for (const Value v : results) {
            if (all.emplace_back(vm, v).stale()) return out_of_memory();
        }
        return all;
    }
};
template <class... Ts>
struct Results<std::tuple<Ts...>> {
    static Result<std::tuple<Ts...>> of(Vm& vm, std::span<const Value> results) {
        std::tuple<Ts...> all{};
        std::size_t i = 0;
        const char* expected = nullptr;
        Value got = Value::nil();
        const auto one = [&]<class T>(T& out) {
            const Value v = i < results.size() ? results[i] : Value::nil();
            ++i;
            if (Convert<T>::from(vm, v, out)) return true;
            expected = Convert<T>::expected;
            got = v;
            return false;
        };
        if (std::apply([&](Ts&... out) { return (one(out) && ...); }, all)) return all;
        Failure why = wrong_type(expected, got);
        why.message.insert(0, "result " + std::to_string(i) + ": ");
        return why;
    }
};
/// A key or a value: those of string literals are strings.
template <class T>
using Plain = std::remove_cvref_t<T>;
}  // namespace lua::detail

// --- What arenite/object.h declares -----------------------------------------------------------------------------------

template <class T>
Result<T> lua::Object::as() const {
    if (stale()) return detail::failure("stale or foreign handle");
    if (Vm* const of = vm()) return detail::convert<T>(*of, value());
    return detail::missing_vm();
}

template <class T, class K>
Result<T> lua::Table::look_up(const K& key, bool raw) const {
    Vm* const of = vm();
    if (!of) return detail::missing_vm();
    Value k = Value::nil();
    if (!Convert<detail::Plain<K>>::to(*of, key, k)) return detail::out_of_memory();
    Result<Object> found = get_value(k, raw);
    if (!found) return found.failure();
    return found->template as<T>();
}
template <class T, class K>
Result<T> lua::Table::get(const K& key) const {
    return look_up<T>(key, false);
}
template <class T, class K>
Result<T> lua::Table::raw_get(const K& key) const {
    return look_up<T>(key, true);
}
template <class K, class V>
Result<void> lua::Table::store(const K& key, const V& v, bool raw) const {
    Vm* const of = vm();
    if (!of) return detail::missing_vm();
    detail::Scope scope(*of);
    Value k = Value::nil();
    Value value = Value::nil();
    if (!Convert<detail::Plain<K>>::to(*of, key, k) || !Convert<detail::Plain<V>>::to(*of, v, value)) {
        return detail::out_of_memory();
    }
    Result<void> done = set_value(k, value, raw);
    if (done) scope.keep();
    return done;
}
template <class K, class V>
Result<void> lua::Table::set(const K& key, const V& v) const {
    return store(key, v, false);
}
template <class K, class V>
Result<void> lua::Table::raw_set(const K& key, const V& v) const {
    return store(key, v, true);
}

template <class R>
Result<R> lua::Function::run(std::span<const Value> args) const {
    Vm& of = *vm();
    if (const auto why = detail::call(of, value(), args)) return std::move(*why);
    return detail::Results<R>::of(of, of.results());
}
template <class R, class... Args>
Result<R> lua::Function::call(const Args&... args) const {
    Vm* const of = vm();
    if (!of) return detail::missing_vm();
    detail::Scope scope(*of);
    std::array<Value, sizeof...(Args)> values{};
    std::size_t i = 0;
    if (!(Convert<detail::Plain<Args>>::to(*of, args, values[i++]) && ...)) return detail::out_of_memory();
    Result<R> result = run<R>(values);
    if (result) scope.keep();
    return result;
}

}  // namespace arenite
