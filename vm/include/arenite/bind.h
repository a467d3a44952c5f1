// Functions of C++ for Lua: any callable, its arguments and results converted (arenite/convert.h).
//
//     vm->set_function("add", [](double a, double b) { return a + b; });
//
// Arguments: whatever Convert knows; std::optional where one may be absent; Vm& for the Vm, and lua::Arguments for all
// that is left. Results: none, one, or a std::tuple of several; a Result that is no value, and a std::exception, is an
// error of the script, with the position of the call. An argument of a wrong type is "bad argument #1 to 'add' (number
// expected, got string)".
//
// Such a function is not suspended in the middle, and cannot call Lua (the Vm is running). Those that must are written
// as natives (arenite/native.h).
//
// Invariants
//  BN1. A callable is destroyed once: when its function has been collected, its birth was rolled back, or the Vm ends;
//       in each case at the end of a transaction or in a collection, never while a script runs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(__cpp_exceptions)
#include <exception>
#endif

#include <arenite/convert.h>
#include <arenite/native.h>
#include <arenite/object.h>
#include <arenite/vm.h>

namespace arenite {

template <class T>
struct Convert<std::shared_ptr<T>> {
    static bool to(Vm& vm, const std::shared_ptr<T>& pointer, Value& out);
};
template <class T>
struct Convert<std::weak_ptr<T>> {
    static bool to(Vm& vm, const std::weak_ptr<T>& pointer, Value& out);
};

namespace lua {

/// The arguments from a place on; as long as the call lasts.
class Arguments {
public:
    Arguments() = default;
    Arguments(NativeContext& cx, std::uint32_t first) : cx_(&cx), first_(first) {}
    [[nodiscard]] std::size_t size() const { return cx_ && cx_->arg_count() > first_ ? cx_->arg_count() - first_ : 0; }
    /// nil beyond the last one.
    [[nodiscard]] Value operator[](std::size_t i) const {
        return i < size() ? cx_->arg(first_ + static_cast<std::uint32_t>(i)) : Value::nil();
    }
    template <class T>
    [[nodiscard]] Result<T> get(std::size_t i) const {
        return detail::convert<T>(cx_->vm(), (*this)[i]);
    }

private:
    NativeContext* cx_ = nullptr;
    std::uint32_t first_ = 0;
};

/// Several callables under one name: the first whose arguments fit, in number and type, is called.
template <class... Fs>
struct Overloads {
    std::tuple<Fs...> all;
};
template <class... Fs>
[[nodiscard]] Overloads<std::decay_t<Fs>...> overloads(Fs&&... fs) {
    return {{std::forward<Fs>(fs)...}};
}

namespace detail {

/// How a userdata holds something of C++.
struct Holding {
    void* holder;                     ///< what is destroyed: the object, or a smart pointer to it
    void (*destroy)(void*) noexcept;  ///< the holder
    void* (*object)(void*) noexcept;  ///< the object of the holder, null when it is gone; null: the holder itself
    const void* kind;                 ///< names the type of the object: &kBoundKind<T>
};
/// A userdata that takes the holder over, with the metatable of its class if there is one. nil: memory is out, and the
/// holder has been destroyed.
[[nodiscard]] Value make_bound(Vm& vm, const Holding& holding);
/// The object of a userdata as one of that kind, which its class may be derived from. Null: it is none.
[[nodiscard]] void* bound(Vm& vm, Value userdata, const void* kind);
/// What is known of a class: how it becomes one of its base, and its name for messages.
void set_base(Vm& vm, const void* kind, const void* base, void* (*upcast)(void*) noexcept);
[[nodiscard]] const char* class_name(Vm& vm, const void* kind);
/// A function whose upvalue is `state`. Its name is copied. nil: memory is out.
[[nodiscard]] Value make_bound_function(Vm& vm, NativeFn fn, std::string_view name, Value state);

template <class T>
inline constexpr char kBoundKind = 0;

/// What give() and Holder have ways of their own for.
template <class T>
inline constexpr bool kIsSpecial = std::is_same_v<T, Arguments> || std::is_same_v<T, Vm>;
template <class T>
inline constexpr bool kIsSpecial<Result<T>> = true;
template <class... Ts>
inline constexpr bool kIsSpecial<std::tuple<Ts...>> = true;
template <class T>
inline constexpr bool kIsSpecial<std::unique_ptr<T>> = true;
template <class T>
inline constexpr bool kIsSpecial<std::shared_ptr<T>> = true;
template <class T>
inline constexpr bool kIsSpecial<std::weak_ptr<T>> = true;

/// A class of the host's: what nothing converts.
template <class T, class Plain = std::remove_cvref_t<T>>
concept IsClass = std::is_class_v<Plain> && !kIsSpecial<Plain> && !requires { Convert<Plain>::expected; };

template <class T>
void destroy_as(void* holder) noexcept {
    delete static_cast<T*>(holder);
}
/// A userdata that owns `object`; null is nil.
template <class T>
[[nodiscard]] bool hold(Vm& vm, std::unique_ptr<T> object, Value& out) {
    out = Value::nil();
    if (!object) return true;
    out = make_bound(vm, {object.release(), &destroy_as<T>, nullptr, &kBoundKind<T>});
    return !out.is_nil();
}
/// One that shares it, or of a weak_ptr, that refers to it as long as it is there.
template <class Pointer, class T>
[[nodiscard]] bool hold_by(Vm& vm, Pointer pointer, Value& out) {
    out = Value::nil();
    auto* const holder = new (std::nothrow) Pointer(std::move(pointer));
    if (!holder) return false;
    const auto object = [](void* of) noexcept -> void* {
        if constexpr (std::is_same_v<Pointer, std::weak_ptr<T>>) {
            return static_cast<Pointer*>(of)->lock().get();
        } else {
            return static_cast<Pointer*>(of)->get();
        }
    };
    out = make_bound(vm, {holder, &destroy_as<Pointer>, object, &kBoundKind<T>});
    return !out.is_nil();
}

template <class R>
    requires(!IsClass<R>)
[[nodiscard]] NativeResult give(NativeContext& cx, const R& result) {
    Value v = Value::nil();
    if (Convert<R>::to(cx.vm(), result, v)) return cx.done(v);
    return cx.out_of_memory();
}
/// A class: a copy, or what a function returned by value. But a reference to the first argument (self) is that.
template <class R>
    requires IsClass<R>
[[nodiscard]] NativeResult give(NativeContext& cx, R&& result) {
    using Plain = std::remove_cvref_t<R>;
    if constexpr (std::is_lvalue_reference_v<R&&>) {
        if (bound(cx.vm(), cx.arg(0), &kBoundKind<Plain>) == &result) return cx.done(cx.arg(0));
    }
    std::unique_ptr<Plain> copy(new (std::nothrow) Plain(std::forward<R>(result)));
    Value v = Value::nil();
    if (copy && hold(cx.vm(), std::move(copy), v)) return cx.done(v);
    return cx.out_of_memory();
}
template <class T>
[[nodiscard]] NativeResult give(NativeContext& cx, std::unique_ptr<T>&& result) {
    Value v = Value::nil();
    return hold(cx.vm(), std::move(result), v) ? cx.done(v) : cx.out_of_memory();
}
template <class... Ts>
[[nodiscard]] NativeResult give(NativeContext& cx, const std::tuple<Ts...>& results) {
    cx.begin_results();
    const auto one = [&]<class T>(const T& result) {
        Value v = Value::nil();
        if (!Convert<T>::to(cx.vm(), result, v)) return (void)cx.out_of_memory(), false;
        return cx.push(v);
    };
    if (std::apply([&](const Ts&... r) { return (one(r) && ...); }, results)) return cx.done_pushed();
    return cx.failed();
}
template <class T>
[[nodiscard]] NativeResult give(NativeContext& cx, const Result<T>& result) {
    if (!result) return cx.error_text(result.message());
    if constexpr (std::is_void_v<T>) {
        return cx.done();
    } else {
        return give(cx, *result);
    }
}

inline void complain(NativeContext& cx, std::uint32_t i, const char* expected) {
    if (cx.has_arg(i)) {
        const Failure why = wrong_type(expected, cx.arg(i));
        (void)cx.arg_error(i, why.message);
    } else {
        (void)cx.type_error(i, expected);
    }
}

/// Of an argument: read() takes it from the context, and answers false if it is none of that type, which complain() then
/// says; those that stand for no argument do not count.
template <class T>
struct Holder {
    using Plain = std::remove_cvref_t<T>;
    Plain value{};
    [[nodiscard]] bool read(NativeContext& cx, std::uint32_t& at) {
        return Convert<Plain>::from(cx.vm(), cx.arg(at++), value);
    }
    static void complain(NativeContext& cx, std::uint32_t i) { detail::complain(cx, i, Convert<Plain>::expected); }
    [[nodiscard]] Plain&& give(NativeContext&) { return std::move(value); }
};
/// An object of a class.
template <class T>
    requires IsClass<T>
struct Holder<T> {
    using Plain = std::remove_cvref_t<T>;
    Plain* object = nullptr;
    [[nodiscard]] bool read(NativeContext& cx, std::uint32_t& at) {
        object = static_cast<Plain*>(bound(cx.vm(), cx.arg(at++), &kBoundKind<Plain>));
        return object != nullptr;
    }
    static void complain(NativeContext& cx, std::uint32_t i) {
        detail::complain(cx, i, class_name(cx.vm(), &kBoundKind<Plain>));
    }
    [[nodiscard]] Plain& give(NativeContext&) { return *object; }
};
/// A pointer to one; null for nil.
template <class T>
    requires IsClass<T>
struct Holder<T*> {
    using Plain = std::remove_cv_t<T>;
    Holder<Plain> one;
    [[nodiscard]] bool read(NativeContext& cx, std::uint32_t& at) {
        if (cx.none_or_nil(at)) return ++at, true;
        return one.read(cx, at);
    }
    static void complain(NativeContext& cx, std::uint32_t i) { Holder<Plain>::complain(cx, i); }
    [[nodiscard]] Plain* give(NativeContext&) { return one.object; }
};
template <>
struct Holder<Vm&> {
    [[nodiscard]] static bool read(NativeContext&, std::uint32_t&) { return true; }
    static void complain(NativeContext&, std::uint32_t) {}
    [[nodiscard]] static Vm& give(NativeContext& cx) { return cx.vm(); }
};
template <>
struct Holder<Arguments> {
    Arguments rest;
    [[nodiscard]] bool read(NativeContext& cx, std::uint32_t& at) { return rest = Arguments(cx, at), true; }
    static void complain(NativeContext&, std::uint32_t) {}
    [[nodiscard]] Arguments give(NativeContext&) { return rest; }
};

template <class R, class F, class... Args>
[[nodiscard]] NativeResult invoke(NativeContext& cx, F& f, std::tuple<Holder<Args>...>& held) {
    const auto call = [&](Holder<Args>&... h) -> R { return std::invoke(f, static_cast<Args>(h.give(cx))...); };
    if constexpr (std::is_void_v<R>) {
        std::apply(call, held);
        return cx.done();
    } else if constexpr (std::is_pointer_v<R> && IsClass<std::remove_pointer_t<R>>) {
        static_assert(!std::is_pointer_v<R>, "who owns it? return a value, a unique_ptr, a shared_ptr or a weak_ptr");
    } else {
        return give(cx, std::apply(call, held));  // a reference stays one
    }
}

template <class R, class F, class... Args>
[[nodiscard]] NativeResult run_bound(NativeContext& cx, F& f) {
    std::tuple<Holder<Args>...> held;
    std::uint32_t at = 0;
    const auto read = [&]<class H>(H& h) {
        const std::uint32_t i = at;
        return h.read(cx, at) || (H::complain(cx, i), false);
    };
    if (!std::apply([&](Holder<Args>&... h) { return (read(h) && ...); }, held)) return cx.failed();
#if defined(__cpp_exceptions)
    try {
        return invoke<R, F, Args...>(cx, f, held);
    } catch (const std::bad_alloc&) {
        throw;  // N6
    } catch (const std::exception& e) {
        return cx.error_text(e.what());
    }
#else
    return invoke<R, F, Args...>(cx, f, held);
#endif
}

/// The signature of a callable.
template <class T>
struct Signature : Signature<decltype(&T::operator())> {};
template <class R, class... Args>
struct Signature<R(Args...)> {
    using Type = R(Args...);
    template <class F>
    [[nodiscard]] static NativeResult run(NativeContext& cx, F& f) {
        return run_bound<R, F, Args...>(cx, f);
    }
};
template <class R, class... Args>
struct Signature<R (*)(Args...)> : Signature<R(Args...)> {};
template <class R, class... Args>
struct Signature<R (*)(Args...) noexcept> : Signature<R(Args...)> {};
template <class C, class R, class... Args>
struct Signature<R (C::*)(Args...)> : Signature<R(Args...)> {};
template <class C, class R, class... Args>
struct Signature<R (C::*)(Args...) const> : Signature<R(Args...)> {};
template <class C, class R, class... Args>
struct Signature<R (C::*)(Args...) noexcept> : Signature<R(Args...)> {};
template <class C, class R, class... Args>
struct Signature<R (C::*)(Args...) const noexcept> : Signature<R(Args...)> {};

template <class... Fs>
struct Signature<Overloads<Fs...>> {
    template <class F, class R, class... Args>
    [[nodiscard]] static bool attempt(NativeContext& cx, F& f, NativeResult& result, R (*)(Args...)) {
        std::tuple<Holder<Args>...> held;
        std::uint32_t at = 0;
        if (!std::apply([&](Holder<Args>&... h) { return (h.read(cx, at) && ...); }, held)) return false;
        constexpr bool kTakesRest = (std::is_same_v<std::remove_cvref_t<Args>, Arguments> || ...);
        if (!kTakesRest && cx.arg_count() > at) return false;
        result = run_bound<R, F, Args...>(cx, f);
        return true;
    }
    [[nodiscard]] static NativeResult run(NativeContext& cx, Overloads<Fs...>& several) {
        NativeResult result = cx.done();
        const auto one = [&]<class F>(F& f) {
            return attempt(cx, f, result, static_cast<typename Signature<F>::Type*>(nullptr));
        };
        if (std::apply([&](Fs&... f) { return (one(f) || ...); }, several.all)) return result;
        return cx.error_parts({"no overload of '", cx.name(), "' takes these arguments"});
    }
};

/// What has no state needs none in the Vm.
template <class F>
inline constexpr bool kStateless = std::is_empty_v<F> && std::is_default_constructible_v<F>;

template <class F>
[[nodiscard]] NativeResult enter(NativeContext& cx) {
    if constexpr (kStateless<F>) {
        F f{};
        return Signature<F>::run(cx, f);
    } else {
        auto* const f = static_cast<F*>(bound(cx.vm(), cx.upvalue(0), &kBoundKind<F>));
        if (!f) return cx.error("the function of this call is gone");
        return Signature<F>::run(cx, *f);
    }
}

}  // namespace detail

/// A function of Lua that calls `callable`, which it takes over (a reference: std::ref, or a lambda that holds one). Not
/// rooted. nil: memory is out.
template <class F>
[[nodiscard]] Value make_function(Vm& vm, std::string_view name, F&& callable) {
    using Callable = std::decay_t<F>;
    Value state = Value::nil();
    if constexpr (!detail::kStateless<Callable>) {
        auto* const held = new (std::nothrow) Callable(std::forward<F>(callable));
        if (!held) return Value::nil();
        state = detail::make_bound(vm, {held, &detail::destroy_as<Callable>, nullptr, &detail::kBoundKind<Callable>});
        if (state.is_nil()) return Value::nil();
    }
    return detail::make_bound_function(vm, &detail::enter<Callable>, name, state);
}

}  // namespace lua

template <class T>
bool Convert<std::shared_ptr<T>>::to(Vm& vm, const std::shared_ptr<T>& pointer, Value& out) {
    out = Value::nil();
    return !pointer || lua::detail::hold_by<std::shared_ptr<T>, T>(vm, pointer, out);
}
template <class T>
bool Convert<std::weak_ptr<T>>::to(Vm& vm, const std::weak_ptr<T>& pointer, Value& out) {
    return lua::detail::hold_by<std::weak_ptr<T>, T>(vm, pointer, out);
}

template <class F>
Result<void> Vm::set_function(std::string_view name, F&& callable) {
    lua::detail::Scope scope(*this);
    const Value function = lua::make_function(*this, name, std::forward<F>(callable));
    if (function.is_nil()) return lua::detail::out_of_memory();
    const lua::Table table(*this, globals());
    Result<void> done = table.raw_set(name, function);
    if (done) scope.keep();
    return done;
}

}  // namespace arenite
