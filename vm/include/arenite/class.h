// Classes of C++ for Lua.
//
//     lua::Class<Vec>(*vm, "Vec")
//         .constructor<double, double>()                // Vec(1, 2), Vec.new(1, 2)
//         .method("scale", &Vec::scale)                 // v:scale(2); or any callable whose first argument is a Vec&
//         .property("x", &Vec::x)                       // v.x, v.x = 1
//         .property("length", &Vec::length)             // a getter alone cannot be written to
//         .meta("__add", [](const Vec& a, const Vec& b) { return a + b; })
//         .function("zero", [] { return Vec(0, 0); });  // Vec.zero()
//
// The objects live in userdata of the Vm: a Vec that a function returns by value, or in a unique_ptr, a shared_ptr or a
// weak_ptr (which refers to it as long as it is there). They are destroyed as BN1 says. What changes within one is not
// rolled back. A member function that returns a reference to its own object gives Lua that same object.
#pragma once

#include <memory>
#include <new>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <arenite/bind.h>

namespace arenite::lua {

namespace detail {
/// A native of a class table or metatable: looks names up in its upvalues (methods, getters) or (setters).
[[nodiscard]] NativeResult index_object(NativeContext& cx);
[[nodiscard]] NativeResult set_object_field(NativeContext& cx);
/// The tables of a class, made once per Vm; what comes later is added to them.
struct ClassTables {
    Table object;     ///< the metatable of its userdata
    Table methods;    ///< what userdata have by name
    Table getters;    ///< name -> function(self)
    Table setters;    ///< name -> function(self, value)
    Table functions;  ///< the global table
    Table call;       ///< its metatable
};
/// Those of a class; null: it is not known, or was made in a transaction that was rolled back.
[[nodiscard]] const ClassTables* class_tables(Vm& vm, const void* kind);
/// The same; made with the global table `name` when it is not known. Without a name that is a failure.
[[nodiscard]] Result<ClassTables> make_class(Vm& vm, const void* kind, std::string_view name);
/// The class has properties: what userdata have by name is not in one table any more.
[[nodiscard]] Result<void> look_at_properties(Vm& vm, const ClassTables& tables);
/// Copies what `from` has by name and `to` has not.
[[nodiscard]] Result<void> inherit(const Table& to, const Table& from);
}  // namespace detail

template <class T>
class Class {
public:
    /// Makes the global table `name`, in the open transaction or in one of its own. What fails is told by result();
    /// what follows does nothing then.
    Class(Vm& vm, std::string_view name) : vm_(vm) {
        detail::Scope scope(vm);
        auto made = detail::make_class(vm, &detail::kBoundKind<T>, name);
        if (!made) {
            result_ = made.failure();
            return;
        }
        tables_ = std::move(*made);
        scope.keep();
    }

    /// name(args...) and name.new(args...) make one.
    template <class... Args>
    Class& constructor() {
        return constructor([](Args... args) { return std::make_unique<T>(std::forward<Args>(args)...); });
    }
    /// The same by a callable (or overloads()) that returns a T, a unique_ptr, a shared_ptr or a weak_ptr.
    template <class F>
    Class& constructor(F&& make) {
        return add(tables_.functions, "new", std::forward<F>(make));
    }
    template <class F>
    Class& method(std::string_view name, F&& f) {
        return add(tables_.methods, name, member(std::forward<F>(f)));
    }
    template <class F>
    Class& function(std::string_view name, F&& f) {
        return add(tables_.functions, name, std::forward<F>(f));
    }
    /// A metamethod: "__add", "__eq", "__call", ... (but __index, __newindex and __gc, which the class has itself).
    template <class F>
    Class& meta(std::string_view name, F&& f) {
        return add(tables_.object, name, member(std::forward<F>(f)));
    }
    /// A data member, or a getter: a member function or callable of a const T&.
    template <class F>
    Class& property(std::string_view name, F&& f) {
        if constexpr (std::is_member_object_pointer_v<std::decay_t<F>>) {
            using Member = std::remove_cvref_t<decltype(std::declval<T&>().*f)>;
            add(tables_.getters, name, [f](const T& self) -> Member { return self.*f; });
            if constexpr (!std::is_const_v<std::remove_reference_t<decltype(std::declval<T&>().*f)>>) {
                add(tables_.setters, name, [f](T& self, Member value) { self.*f = std::move(value); });
            }
            return *this;
        } else {
            return add(tables_.getters, name, member(std::forward<F>(f)));
        }
    }
    template <class Get, class Set>
    Class& property(std::string_view name, Get&& get, Set&& set) {
        add(tables_.getters, name, member(std::forward<Get>(get)));
        return add(tables_.setters, name, member(std::forward<Set>(set)));
    }
    /// A value in the table of the class: constants, the values of an enum.
    template <class V>
    Class& constant(std::string_view name, const V& v) {
        if (result_) result_ = tables_.functions.raw_set(name, v);
        return *this;
    }
    /// T is derived from Base, which is a Class already: it has what that has, and is one where a function takes one.
    template <class Base>
        requires std::is_base_of_v<Base, T>
    Class& base() {
        if (!result_) return *this;
        detail::Scope scope(vm_);
        auto of = detail::make_class(vm_, &detail::kBoundKind<Base>, {});
        result_ = of ? Result<void>() : Result<void>(of.failure());
        if (result_) result_ = detail::inherit(tables_.methods, of->methods);
        if (result_) result_ = detail::inherit(tables_.getters, of->getters);
        if (result_) result_ = detail::inherit(tables_.setters, of->setters);
        if (result_) result_ = detail::inherit(tables_.object, of->object);
        if (result_) result_ = detail::look_at_properties(vm_, tables_);
        if (!result_) return *this;
        detail::set_base(vm_, &detail::kBoundKind<T>, &detail::kBoundKind<Base>,
                         [](void* object) noexcept -> void* { return static_cast<Base*>(static_cast<T*>(object)); });
        scope.keep();
        return *this;
    }
    /// Whether all of it could be done.
    [[nodiscard]] const Result<void>& result() const { return result_; }

private:
    /// A pointer to a member becomes a callable whose first argument is the object.
    template <class R, class C, class... Args>
        requires std::is_base_of_v<C, T>
    static auto member(R (C::*f)(Args...)) {
        return [f](T& self, Args... args) -> R { return (self.*f)(std::forward<Args>(args)...); };
    }
    template <class R, class C, class... Args>
        requires std::is_base_of_v<C, T>
    static auto member(R (C::*f)(Args...) const) {
        return [f](const T& self, Args... args) -> R { return (self.*f)(std::forward<Args>(args)...); };
    }
    template <class R, class C, class... Args>
        requires std::is_base_of_v<C, T>
    static auto member(R (C::*f)(Args...) noexcept) {
        return [f](T& self, Args... args) -> R { return (self.*f)(std::forward<Args>(args)...); };
    }
    template <class R, class C, class... Args>
        requires std::is_base_of_v<C, T>
    static auto member(R (C::*f)(Args...) const noexcept) {
        return [f](const T& self, Args... args) -> R { return (self.*f)(std::forward<Args>(args)...); };
    }
    template <class F>
    static F&& member(F&& f) {
        return std::forward<F>(f);
    }
    template <class F>
    Class& add(const Table& table, std::string_view name, F&& f) {
        if (!result_) return *this;
        detail::Scope scope(vm_);
        const Value function = make_function(vm_, name, std::forward<F>(f));
        result_ = function.is_nil() ? Result<void>(detail::out_of_memory()) : table.raw_set(name, function);
        if (result_ && &table == &tables_.getters) result_ = detail::look_at_properties(vm_, tables_);
        if (result_) scope.keep();
        return *this;
    }

    Vm& vm_;
    detail::ClassTables tables_;
    Result<void> result_;
};

}  // namespace arenite::lua
