// Object: a Lua value that a host holds, of any type; lua::Table and lua::Function say which.
//
// Invariants
//  OB1. While an Object lives, what it refers to is a root of its Vm; it may be copied, and outlive both the transaction
//       in which it was got and the Vm. Of one whose object was rolled back, or whose Vm is gone, value() is nil and
//       stale() says so; every use of it is a failure.
//  OB2. What changes the heap is a part of the open transaction, or if there is none, a transaction of its own that is
//       rolled back when it fails. So are calls, and accesses that run metamethods.
//  OB3. While the Vm runs (within natives and callbacks), only what runs no Lua works: raw accesses, and the others
//       where no metamethod is due. All else is a failure "the Vm is running".
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <arenite/result.h>
#include <arenite/value.h>

namespace arenite {

class HostRoots;
class Vm;
template <class T>
struct Convert;  // arenite/convert.h

namespace lua {

class Object {
public:
    /// nil.
    Object() = default;
    /// The value `v` of `vm`; nil and stale if it is a stale or foreign handle, or the memory limit leaves no room for
    /// another root.
    Object(Vm& vm, Value v);
    Object(const Object& other);
    Object(Object&& other) noexcept;
    Object& operator=(Object other) noexcept;
    ~Object();

    /// The value, not rooted by itself.
    [[nodiscard]] Value value() const;
    [[nodiscard]] bool stale() const;
    [[nodiscard]] LuaType type() const { return value().type(); }
    [[nodiscard]] bool is_nil() const { return value().is_nil(); }
    /// Null: it is of no Vm, or that is gone.
    [[nodiscard]] Vm* vm() const;
    /// It as a T; a failure says what was expected and what came.
    template <class T>
    [[nodiscard]] Result<T> as() const;
    /// tostring(), with __tostring.
    [[nodiscard]] Result<std::string> to_string() const;
    /// a == b, a < b and a .. b, with metamethods.
    [[nodiscard]] Result<bool> equals(const Object& other) const;
    [[nodiscard]] Result<bool> less_than(const Object& other) const;
    [[nodiscard]] Result<Object> concat(const Object& other) const;

protected:
    /// Stale unless it is of that type.
    Object(Vm& vm, Value v, LuaType type);

private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::shared_ptr<HostRoots> roots_;  ///< null: nothing that could be gone
    std::size_t slot_ = kNone;
    Vm* vm_ = nullptr;
    Value plain_ = Value::nil();  ///< what is no object
};

class Table : public Object {
public:
    Table() = default;
    Table(Vm& vm, Value v) : Object(vm, v, LuaType::Table) {}
    /// A new one. Stale: memory is out.
    [[nodiscard]] static Table make(Vm& vm, std::uint32_t array = 0, std::uint32_t hash = 0);

    /// t[key], with metamethods.
    template <class T = Object, class K>
    [[nodiscard]] Result<T> get(const K& key) const;
    template <class T = Object, class K>
    [[nodiscard]] Result<T> raw_get(const K& key) const;
    /// t[key] = v, with metamethods.
    template <class K, class V>
    Result<void> set(const K& key, const V& v) const;
    template <class K, class V>
    Result<void> raw_set(const K& key, const V& v) const;
    /// #t; 0 of a stale one.
    [[nodiscard]] std::uint32_t length() const;
    [[nodiscard]] Object metatable() const;
    /// nil takes it away.
    Result<void> set_metatable(const Object& table_or_nil) const;
    /// Scripts cannot change a frozen table (its entries may be tables that they can); nor can the host, until it is
    /// thawed.
    Result<void> freeze(bool on = true) const;

    /// Goes through the entries as next() does: while it goes, entries may be changed and removed, not added.
    class Iterator {
    public:
        using value_type = std::pair<Object, Object>;
        using difference_type = std::ptrdiff_t;
        [[nodiscard]] const value_type& operator*() const { return entry_; }
        [[nodiscard]] const value_type* operator->() const { return &entry_; }
        Iterator& operator++() { return advance(), *this; }
        void operator++(int) { advance(); }
        [[nodiscard]] bool operator==(std::default_sentinel_t) const { return over_; }

    private:
        friend class Table;
        explicit Iterator(const Table& table) : table_(&table) { advance(); }
        void advance();
        const Table* table_;
        value_type entry_;
        bool over_ = false;
    };
    [[nodiscard]] Iterator begin() const { return Iterator(*this); }
    [[nodiscard]] std::default_sentinel_t end() const { return {}; }

private:
    template <class T, class K>
    [[nodiscard]] Result<T> look_up(const K& key, bool raw) const;
    template <class K, class V>
    [[nodiscard]] Result<void> store(const K& key, const V& v, bool raw) const;
    [[nodiscard]] Result<Object> get_value(Value key, bool raw) const;
    [[nodiscard]] Result<void> set_value(Value key, Value v, bool raw) const;
};

class Function : public Object {
public:
    Function() = default;
    Function(Vm& vm, Value v) : Object(vm, v, LuaType::Function) {}

    /// Calls it. R: void, a type, std::tuple of the results, or std::vector<Object> of all of them; missing ones are nil.
    template <class R = void, class... Args>
    Result<R> call(const Args&... args) const;

private:
    template <class R>
    Result<R> run(std::span<const Value> args) const;
};

/// Part of the implementation: what needs no types.
namespace detail {
/// OB2: begins a transaction if none is open, and ends it.
class Scope {
public:
    explicit Scope(Vm& vm);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    /// Its own transaction is to be committed.
    void keep() { keeps_ = true; }

private:
    Vm& vm_;
    bool own_ = false;
    bool keeps_ = false;
};

[[nodiscard]] Failure failure(std::string_view message, Failure::Kind kind = Failure::Kind::Runtime);
[[nodiscard]] Failure wrong_type(const char* expected, Value got);
[[nodiscard]] Failure missing_vm();
/// One whose error value is no text gets one that says so.
void complete_message(Failure& why);
[[nodiscard]] Failure out_of_memory();
/// vm.call(f, args) in the open transaction; null: it has finished. Else why not.
[[nodiscard]] std::unique_ptr<Failure> call(Vm& vm, Value f, std::span<const Value> args);
}  // namespace detail

}  // namespace lua
}  // namespace arenite
