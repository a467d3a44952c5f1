// SavedObject: an object as it was when a journal record of its whole body was made.
#pragma once

#include <cstring>

#include "heap/objects.h"
#include "txn/journal.h"

namespace arenite {

/// Only the body is meaningful: the two header words are zero.
template <class T>
class SavedObject {
public:
    explicit SavedObject(const Journal::Record& r) { std::memcpy(bytes_ + sizeof(ObjectHeader), r.saved, r.bytes); }
    [[nodiscard]] const T& operator*() const { return *reinterpret_cast<const T*>(bytes_); }
    [[nodiscard]] const T* operator->() const { return reinterpret_cast<const T*>(bytes_); }

private:
    alignas(T) char bytes_[sizeof(T)] = {};
};

}  // namespace arenite
