#include "txn/verifier.h"

#include <cstring>
#include <unordered_set>
#include <vector>

namespace arenite {

namespace {
/// The object as it was when `r` was made. Only its body is meaningful.
template <class T>
struct Image {
    explicit Image(const Journal::Record& r) { std::memcpy(bytes + sizeof(ObjectHeader), r.saved, r.bytes); }
    const T* operator->() const { return reinterpret_cast<const T*>(bytes); }
    alignas(T) char bytes[sizeof(T)] = {};
};
}  // namespace

std::optional<std::string> verify_heap(Heap& heap, const Transaction* transaction, HeapCheck check) {
    if (!transaction) return verify_heap(heap, check);
    const Journal& journal = transaction->journal();
    if (check.other_bytes) *check.other_bytes += journal.bytes();
    if (check.other_overhead) *check.other_overhead += transaction->overhead_bytes();
    std::vector<HeapCheck::Backup> backups;
    std::unordered_set<std::uint64_t> seen;
    for (std::size_t i = 0; i < journal.size(); ++i) {
        const Journal::Record& r = journal[i];
        if (r.owner == 0) continue;
        if (!heap.alive(Value{r.owner})) continue;
        // The first image of what is older than the transaction is what a rollback ends with; later ones may be redundant.
        if (heap.pages.born_in_outermost(deref<void>(heap.base(), r.owner), sizeof(std::uint64_t))) continue;
        const bool is_image = r.kind == Journal::Kind::Table || r.kind == Journal::Kind::Buffer ||
                              r.kind == Journal::Kind::Userdata || r.kind == Journal::Kind::Thread;
        if (!is_image || !seen.insert(r.owner).second) continue;
        const auto add = [&](const void* block, std::size_t bytes) { backups.push_back({r.owner, block, bytes}); };
        switch (r.kind) {
            case Journal::Kind::Table: {
                const Image<Table> t(r);
                add(t->array(), t->array_size() * sizeof(Value));
                add(t->nodes(), t->node_count() * sizeof(Node));
                break;
            }
            case Journal::Kind::Buffer: {
                const Image<Buffer> b(r);
                add(b->data(), b->capacity());
                break;
            }
            case Journal::Kind::Userdata: {
                const Image<Userdata> u(r);
                add(u->data(), u->size());
                break;
            }
            case Journal::Kind::Thread: {
                const Image<Thread> t(r);
                add(t->stack, t->stack_size * sizeof(Value));
                add(t->frames, t->frame_count * sizeof(Frame));
                break;
            }
            default: break;
        }
    }
    check.backups = backups;
    return verify_heap(heap, check);
}

}  // namespace arenite
