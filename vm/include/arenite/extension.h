// VmExtension: state that a library or an embedder keeps beside the heap.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace arenite {

class Vm;

/// Open streams, a keyspace, ...: what the transaction does not roll back, but tells of it.
class VmExtension {
public:
    virtual ~VmExtension() = default;
    /// The heap may have lost objects: a transaction was committed, or everything was collected.
    virtual void after_collection(const Vm&) {}
    /// The transaction was rolled back, or what was done since a savepoint.
    virtual void after_rollback(const Vm&) {}
    /// A script opens a savepoint (arenite.atomic): false refuses it. What was opened last ends first.
    [[nodiscard]] virtual bool savepoint_opened(const Vm&) { return true; }
    virtual void savepoint_released(const Vm&) {}
    virtual void savepoint_rolled_back(const Vm&) {}
    /// What it has charged to the Vm's budget as overhead, in bytes.
    [[nodiscard]] virtual std::size_t overhead_bytes() const { return 0; }
};

/// Its address names the type.
template <class T>
inline constexpr char kExtensionTag = 0;

/// A new T, of its owner if it takes one.
template <class T, class Owner>
[[nodiscard]] std::unique_ptr<T> make_extension(Owner& owner) {
    if constexpr (std::is_constructible_v<T, Owner&>) {
        return std::make_unique<T>(owner);
    } else {
        return std::make_unique<T>();
    }
}

}  // namespace arenite
