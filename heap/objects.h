// The heap objects but tables (heap/table.h) and threads (heap/thread.h): layouts of their slots.
//
// Invariants
//  O1. Word 0 of every object is `self`, the Value that names it (arena/handle_word.h, H2).
//  O2. Word 1 of every mutable object is `wkey`. wkey == self ^ Heap::txn_key() means: alive, may be written without
//      journaling, and no collector work is due. Anything else sends a write to the slow path of txn/transaction.h.
//      The key is the scope epoch, in the position bits, where self and the value at hand agree by construction; so the
//      comparison is exact. The collector zeroes wkey of what it has scanned: the same compare is its write barrier.
//  O3. What an object owns is a payload block, pointed to from that one slot only.
//  O4. Only Transaction, and the witnesses that it makes (txn/writable.h), change the state of an object that Lua can
//      observe; Collector changes wkey and clears dead weak entries; ObjectFactory fills new objects. Whoever else
//      tries does not compile (tests/compile_fail): friendship and badges below.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <arenite/value.h>
#include "heap/badge.h"
#include "heap/bytecode.h"

namespace arenite {

#define ARENITE_KIND(Name, tag, type, shown, doc) static_assert(0 < tag && tag <= kObjectKinds, "tags count from 1");
#include <arenite/object_kinds.def>
static_assert(kObjectKinds < static_cast<unsigned>(Tag::LightUserdata));

class Collector;
class Heap;
class HeapVerifier;
class ObjectFactory;
class Table;
class TableGrowth;
class NativeContext;
struct NativeResult;
using NativeFunctionPointer = NativeResult (*)(NativeContext&);

/// Word 0 of an object (O1). The page heap writes it, as a plain word, when it hands the slot out and when it takes it
/// back; nobody else does. That it cannot be assigned keeps objects from being copied over one another.
class SelfWord {
public:
    SelfWord() = default;
    SelfWord(const SelfWord&) = default;
    SelfWord& operator=(const SelfWord&) = delete;
    [[gnu::always_inline]] operator std::uint64_t() const { return bits_; }

private:
    std::uint64_t bits_;
};
/// Word 1 of a mutable object (O2): who may write is known by it, so few may write it.
class WriteKey {
public:
    WriteKey() = default;
    WriteKey(const WriteKey&) = default;
    WriteKey& operator=(const WriteKey&) = delete;
    [[gnu::always_inline]] operator std::uint64_t() const { return bits_; }

private:
    friend class Transaction;
    friend class Collector;
    friend class ObjectFactory;
    friend class TableGrowth;
    friend class Table;
    WriteKey& operator=(std::uint64_t bits) {
        bits_ = bits;
        return *this;
    }
    std::uint64_t bits_;
};

/// What the parts of a kind of object are at most (heap/visit.h, K2).
enum class Reach : std::uint8_t {
    Nothing,  ///< plain data in its slot
    Blocks,   ///< and payload blocks, which refer to nothing
    Objects,  ///< and references
};

/// What all objects begin with (strings and prototypes have no use for wkey).
struct ObjectHeader {
    SelfWord self;
    WriteKey wkey;
};
static_assert(sizeof(ObjectHeader) == 16 && std::is_trivially_default_constructible_v<ObjectHeader>);

// Builds that only measure what the checks cost leave them out (ARENITE_NO_VALIDATION, ARENITE_NO_JOURNAL in
// CMakeLists.txt). Such a build is unsafe, its rollbacks are wrong, and what it remembers of inherited fields may be
// stale.
#if defined(ARENITE_NO_VALIDATION)
inline constexpr bool kValidatesHandles = false;
#else
inline constexpr bool kValidatesHandles = true;
#endif
#if defined(ARENITE_NO_JOURNAL)
inline constexpr bool kJournalsWrites = false;
#else
inline constexpr bool kJournalsWrites = true;
#endif

/// Whether the object to which `bits` lead is the one that they name (H2): the validation of a handle at its use by an
/// instruction. Heap::get always validates: natives and the collector rely on its null for the dead.
template <class T>
[[nodiscard, gnu::always_inline]] inline bool is_named_by(const T* object, std::uint64_t bits) {
    if constexpr (!kValidatesHandles) return true;
    return object->self == bits;
}
/// Whether the object to which `bits` lead is the one that they name and may be written to at once (O2).
template <class T>
[[nodiscard, gnu::always_inline]] inline bool is_writable_by(const T* object, std::uint64_t bits,
                                                             std::uint64_t txn_key) {
    if constexpr (!kJournalsWrites) return is_named_by(object, bits);
    return object->wkey == (bits ^ txn_key);
}

class ShortString {
public:
    [[nodiscard]] std::uint32_t hash() const { return hash_; }
    [[nodiscard]] std::string_view view() const { return {bytes_, length_}; }
    [[nodiscard]] static constexpr std::size_t bytes_for(std::size_t length) { return 16 + length + 1; }
    /// a < b in the order of unsigned bytes, as view() compares: the first eight bytes usually tell.
    [[nodiscard, gnu::always_inline]] static bool less(const ShortString& a, const ShortString& b) {
        const std::uint64_t x = a.prefix();
        const std::uint64_t y = b.prefix();
        if (x != y) return x < y;
        // What is not longer than its prefix is a prefix of the other one.
        if (a.length_ <= sizeof x || b.length_ <= sizeof x) return a.length_ < b.length_;
        return a.view() < b.view();
    }

    /// Bytes after the copy that copy_to() may write as well: the caller has room for the string and for these.
    static constexpr std::size_t kCopySlack = 16;
    /// Copies the bytes in pieces of 16, which every slot is large enough to be read in: no call, and mostly no branch
    /// that depends on the length.
    [[gnu::always_inline]] void copy_to(char* to) const {
        std::size_t i = 0;
        do {
            __builtin_memcpy(to + i, bytes_ + i, 16);  // _FORTIFY_SOURCE would make it a call
            i += 16;
        } while (__builtin_expect(i < length_, 0));
    }

    // What it is made of (heap/visit.h).
    static constexpr Reach kReach = Reach::Nothing;
    [[nodiscard]] std::size_t slot_bytes() const { return bytes_for(length_); }
    template <class Self, class V>
    [[gnu::always_inline]] static void visit(Self& o, V& v) {
        v.text(o.view());
    }

    SelfWord self;

private:
    friend class ObjectFactory;
    /// The first eight bytes as a big-endian number, zeros after the end. Every slot is large enough to read them.
    [[nodiscard]] std::uint64_t prefix() const {
        std::uint64_t bytes;
        __builtin_memcpy(&bytes, bytes_, sizeof bytes);
        if constexpr (std::endian::native == std::endian::little) bytes = __builtin_bswap64(bytes);
        return length_ >= sizeof bytes ? bytes : bytes & ~(~std::uint64_t{0} >> 8 * length_);
    }
    std::uint32_t hash_;
    std::uint32_t length_;
    char bytes_[];  ///< followed by a NUL
};

class LongString {
public:
    [[nodiscard]] std::string_view view() const { return {data_, length_}; }
    [[nodiscard]] const char* data() const { return data_; }
    /// Bytes of the payload block (with the NUL).
    [[nodiscard]] std::size_t payload_bytes() const { return length_ + 1; }

    /// Its hash, if it is known; obtained from Heap::hash().
    [[nodiscard]] bool has_hash() const { return hash_ != 0; }
    [[nodiscard]] std::uint32_t hash() const { return static_cast<std::uint32_t>(hash_); }
    // What it is made of (heap/visit.h).
    static constexpr Reach kReach = Reach::Blocks;
    [[nodiscard]] std::size_t slot_bytes() const { return sizeof(LongString); }
    template <class Self, class V>
    [[gnu::always_inline]] static void visit(Self& o, V& v) {
        v.block("bytes", o.data_, o.payload_bytes());
        v.text(o.view());
    }

    SelfWord self;

private:
    friend class Heap;
    friend class ObjectFactory;
    /// Remembers the hash of the bytes. Not a change that Lua can observe.
    void note_hash(std::uint32_t hash) { hash_ = kHashKnown | hash; }

    static constexpr std::uint64_t kHashKnown = std::uint64_t{1} << 32;
    std::uint64_t hash_;
    std::size_t length_;
    char* data_;
};
static_assert(sizeof(LongString) == 32);

/// A captured variable that is assigned after its capture.
class Cell {
public:
    [[nodiscard]] Value value() const { return value_; }

    // What it is made of (heap/visit.h).
    static constexpr Reach kReach = Reach::Objects;
    [[nodiscard]] std::size_t slot_bytes() const { return sizeof(Cell); }
    template <class Self, class V>
    [[gnu::always_inline]] static void visit(Self& o, V& v) {
        v.key(o.wkey);
        v.epoch(o.epoch_);
        v.value("value", o.value_);
    }

    SelfWord self;
    WriteKey wkey;

private:
    friend class Transaction;
    friend class Writable<Cell>;
    friend class Collector;
    friend class ObjectFactory;
    Value value_;
    std::uint32_t epoch_;
    std::uint32_t unused_;
};
static_assert(sizeof(Cell) == 32);

class Closure {
public:
    [[nodiscard]] Handle<Prototype> prototype() const { return prototype_; }
    [[nodiscard]] Value environment() const { return environment_; }
    [[nodiscard]] const Value* constants() const { return constants_; }
    [[nodiscard]] std::uint32_t upvalue_count() const { return upvalue_count_; }
    /// Upvalue i as captured: the value itself, or the handle of its cell.
    [[nodiscard]] Value upvalue(std::uint32_t i) const { return upvalues_[i]; }
    [[nodiscard]] static constexpr std::size_t bytes_for(std::size_t upvalues) { return 48 + 8 * upvalues; }

    // What it is made of (heap/visit.h).
    static constexpr Reach kReach = Reach::Objects;
    [[nodiscard]] std::size_t slot_bytes() const { return bytes_for(upvalue_count_); }
    template <class Self, class V>
    [[gnu::always_inline]] static void visit(Self& o, V& v) {
        v.key(o.wkey);
        v.value("prototype", o.prototype_);
        v.value("environment", o.environment_);
        v.values("upvalue", o.upvalues_, o.upvalue_count_);
    }

    SelfWord self;
    WriteKey wkey;

private:
    friend class Transaction;
    friend class Collector;
    friend class ObjectFactory;
    friend class FreshClosure;
    Handle<Prototype> prototype_;
    Value environment_;
    const Value* constants_;  ///< the prototype's constants, which live as long as the closure
    std::uint32_t upvalue_count_;
    std::uint32_t unused_;
    Value upvalues_[];
};

class NativeFunction {
public:
    [[nodiscard]] NativeFunctionPointer function() const { return function_; }
    [[nodiscard]] Value environment() const { return environment_; }
    [[nodiscard]] const char* name() const { return name_; }  ///< static storage
    /// Which of the interpreter's own ways to run it there is (vm/fast_natives.def); 0 for none.
    [[nodiscard]] std::uint32_t fast() const { return fast_; }
    [[nodiscard]] std::uint32_t upvalue_count() const { return upvalue_count_; }
    [[nodiscard]] Value upvalue(std::uint32_t i) const { return upvalues_[i]; }
    [[nodiscard]] static constexpr std::size_t bytes_for(std::size_t upvalues) { return 48 + 8 * upvalues; }

    // What it is made of (heap/visit.h).
    static constexpr Reach kReach = Reach::Objects;
    [[nodiscard]] std::size_t slot_bytes() const { return bytes_for(upvalue_count_); }
    template <class Self, class V>
    [[gnu::always_inline]] static void visit(Self& o, V& v) {
        v.key(o.wkey);
        v.value("environment", o.environment_);
        v.values("upvalue", o.upvalues_, o.upvalue_count_);
        v.text(o.name_ ? o.name_ : "");
    }

    SelfWord self;
    WriteKey wkey;

private:
    friend class Transaction;
    friend class Collector;
    friend class ObjectFactory;
    NativeFunctionPointer function_;
    Value environment_;
    const char* name_;
    std::uint32_t upvalue_count_;
    std::uint32_t fast_;
    Value upvalues_[];
};

class Userdata {
public:
    [[nodiscard]] Value metatable() const { return metatable_; }
    [[nodiscard]] Value environment() const { return environment_; }
    [[nodiscard]] const char* data() const { return data_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool finalized() const { return finalized_; }
    [[nodiscard]] std::uint64_t sequence() const { return sequence_; }

    // What it is made of (heap/visit.h).
    static constexpr Reach kReach = Reach::Objects;
    [[nodiscard]] std::size_t slot_bytes() const { return sizeof(Userdata); }
    template <class Self, class V>
    [[gnu::always_inline]] static void visit(Self& o, V& v) {
        v.key(o.wkey);
        v.epoch(o.epoch_);
        v.block("bytes", o.data_, o.size_);
        v.value("metatable", o.metatable_);
        v.value("environment", o.environment_);
        v.text({o.data_, o.size_});
        v.number(o.finalized_);
        v.number(o.sequence_);
    }

    SelfWord self;
    WriteKey wkey;

private:
    friend class Transaction;
    friend class Collector;
    friend class ObjectFactory;
    Value metatable_;  ///< table or nil
    Value environment_;
    char* data_;
    std::size_t size_;
    std::uint32_t epoch_;
    bool finalized_;  ///< its __gc has run or is queued
    std::uint8_t unused_[3];
    std::uint64_t sequence_;  ///< order of creation of objects with finalizers (5.1 runs them in reverse)
};
static_assert(sizeof(Userdata) == 64 + 8 || sizeof(Userdata) == 64);

/// Bytes that a suspended native works on. Only natives see it.
class Buffer {
public:
    [[nodiscard]] std::string_view view() const { return {data_, size_}; }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    [[nodiscard]] const char* data() const { return data_; }

    // What it is made of (heap/visit.h).
    static constexpr Reach kReach = Reach::Blocks;
    [[nodiscard]] std::size_t slot_bytes() const { return sizeof(Buffer); }
    template <class Self, class V>
    [[gnu::always_inline]] static void visit(Self& o, V& v) {
        v.key(o.wkey);
        v.epoch(o.epoch_);
        v.block("bytes", o.data_, o.capacity_);
        v.text(o.view());
    }

    SelfWord self;
    WriteKey wkey;

private:
    friend class Transaction;
    friend class Writable<Buffer>;
    friend class Collector;
    friend class ObjectFactory;
    char* data_;
    std::size_t size_;
    std::size_t capacity_;
    std::uint32_t epoch_;
    std::uint32_t unused_;
};
static_assert(sizeof(Buffer) == 48);

/// Upvalue description of a prototype.
struct UpvalueInfo {
    Value name;  ///< string or nil
    std::uint8_t index;
    bool from_local;
    bool by_value;
};

/// Debug information of a local variable.
struct LocalInfo {
    Value name;
    std::uint32_t start_pc;
    std::uint32_t end_pc;
    std::uint8_t reg;
    bool in_cell;
};

/// A compiled function. Immutable but for the hints in its code, which carry no meaning.
class Prototype {
public:
    [[nodiscard]] const Instruction* code() const { return code_; }
    [[nodiscard]] const Value* constants() const { return constants_; }
    [[nodiscard]] std::uint8_t num_params() const { return num_params_; }
    [[nodiscard]] bool is_vararg() const { return is_vararg_; }
    [[nodiscard]] std::uint8_t max_stack() const { return max_stack_; }
    [[nodiscard]] std::uint32_t code_size() const { return code_size_; }
    [[nodiscard]] std::uint32_t constant_count() const { return constant_count_; }
    [[nodiscard]] std::uint32_t child_count() const { return child_count_; }
    [[nodiscard]] Handle<Prototype> child(std::uint32_t i) const { return children_[i]; }
    [[nodiscard]] std::uint32_t upvalue_count() const { return upvalue_count_; }
    [[nodiscard]] const UpvalueInfo& upvalue(std::uint32_t i) const { return upvalues_[i]; }
    [[nodiscard]] std::uint32_t local_count() const { return local_count_; }
    [[nodiscard]] const LocalInfo& local(std::uint32_t i) const { return locals_[i]; }
    [[nodiscard]] std::uint32_t line_count() const { return line_count_; }
    [[nodiscard]] std::uint32_t line(std::uint32_t pc) const { return pc < line_count_ ? lines_[pc] : 0; }
    [[nodiscard]] Value source() const { return source_; }
    [[nodiscard]] std::uint32_t line_defined() const { return line_defined_; }
    [[nodiscard]] std::uint32_t last_line_defined() const { return last_line_defined_; }

    // What it is made of (heap/visit.h).
    static constexpr Reach kReach = Reach::Objects;
    [[nodiscard]] std::size_t slot_bytes() const { return sizeof(Prototype); }
    template <class Self, class V>
    [[gnu::always_inline]] static void visit(Self& o, V& v) {
        v.block("code", o.code_, o.code_size_ * sizeof(Instruction));
        v.block("constants", o.constants_, o.constant_count_ * sizeof(Value));
        v.block("lines", o.lines_, o.line_count_ * sizeof(std::uint32_t));
        v.block("children", o.children_, o.child_count_ * sizeof(Handle<Prototype>));
        v.block("upvalues", o.upvalues_, o.upvalue_count_ * sizeof(UpvalueInfo));
        v.block("locals", o.locals_, o.local_count_ * sizeof(LocalInfo));
        v.value("source", o.source_);
        v.values("constant", o.constants_, o.constant_count_);
        v.list("function", o.child_count_, [&](std::size_t i) { return o.children_[i]; });
        v.list("upvalue name", o.upvalue_count_, [&](std::size_t i) { return o.upvalues_[i].name; });
        v.list("local name", o.local_count_, [&](std::size_t i) { return o.locals_[i].name; });
        v.code(o);
    }

    SelfWord self;
    WriteKey wkey;

private:
    friend class Transaction;
    friend class Collector;
    friend class PrototypeBuilder;
    Instruction* code_;
    Value* constants_;
    std::uint8_t num_params_;
    bool is_vararg_;
    std::uint8_t max_stack_;
    std::uint8_t upvalue_count_;
    std::uint32_t code_size_;
    std::uint32_t constant_count_;
    std::uint32_t child_count_;
    std::uint32_t line_count_;
    std::uint32_t local_count_;
    std::uint32_t line_defined_;
    std::uint32_t last_line_defined_;
    std::uint32_t* lines_;
    Handle<Prototype>* children_;
    UpvalueInfo* upvalues_;
    LocalInfo* locals_;
    Value source_;
};
static_assert(sizeof(Prototype) <= 128);

}  // namespace arenite
