#include "txn/verifier.h"

#include <cstdio>
#include <cstring>
#include <unordered_map>
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
/// Checks the journal itself (J1, X1): every record lies in its owner, or in a part that the owner has or had, and the
/// epochs of one owner do not go back.
class JournalCheck {
public:
    JournalCheck(const Heap& heap, const Transaction& transaction)
        : heap_(heap), transaction_(transaction), journal_(transaction.journal()) {}
    std::optional<std::string> run();

private:
    struct Part {
        std::uint64_t owner;
        const char* start;
        std::size_t bytes;
    };
    template <class T>
    bool is_body(const Journal::Record& r) const {
        const char* object = deref<char>(heap_.base(), r.owner);
        return Value{r.owner}.is<T>() && r.address == object + sizeof(ObjectHeader) &&
               r.bytes == sizeof(T) - sizeof(ObjectHeader);
    }
    void note_parts(std::uint64_t owner, const Table& t) {
        parts_.push_back({owner, reinterpret_cast<const char*>(t.array()), t.array_size() * sizeof(Value)});
        parts_.push_back({owner, reinterpret_cast<const char*>(t.nodes()), t.node_count() * sizeof(Node)});
    }
    [[nodiscard]] bool in_part(const Journal::Record& r) const;
    [[nodiscard]] const char* problem(const Journal::Record& r) const;

    const Heap& heap_;
    const Transaction& transaction_;
    const Journal& journal_;
    std::vector<Part> parts_;
};

bool JournalCheck::in_part(const Journal::Record& r) const {
    const auto* at = static_cast<const char*>(r.address);
    for (const Part& p : parts_) {
        if (p.owner == r.owner && at >= p.start && at + r.bytes <= p.start + p.bytes) return true;
    }
    return false;
}

const char* JournalCheck::problem(const Journal::Record& r) const {
    if (!r.saved || r.bytes == 0) return "saves nothing";
    if (r.epoch > heap_.pages().epoch()) return "has an epoch of the future";
    if (r.owner == 0) return r.kind == Journal::Kind::Words ? nullptr : "has no owner";
    const char* object = deref<char>(heap_.base(), r.owner);
    const auto* at = static_cast<const char*>(r.address);
    switch (r.kind) {
        case Journal::Kind::Values: return in_part(r) && r.bytes % sizeof(Value) == 0 ? nullptr : "is in no part";
        case Journal::Kind::Nodes: return in_part(r) && r.bytes % sizeof(Node) == 0 ? nullptr : "is in no part";
        case Journal::Kind::Table: return is_body<Table>(r) ? nullptr : "is no body of its table";
        case Journal::Kind::Cell: return is_body<Cell>(r) ? nullptr : "is no body of its cell";
        case Journal::Kind::Userdata: return is_body<Userdata>(r) ? nullptr : "is no body of its userdata";
        case Journal::Kind::Buffer: return is_body<Buffer>(r) ? nullptr : "is no body of its buffer";
        case Journal::Kind::Thread: return is_body<Thread>(r) ? nullptr : "is no body of its thread";
        case Journal::Kind::Words: {
            const std::size_t slot = heap_.pages().slot_bytes(word::position(r.owner));
            return at >= object + sizeof(ObjectHeader) && at + r.bytes <= object + slot ? nullptr
                                                                                        : "is not in its owner";
        }
    }
    return "has no kind";
}

std::optional<std::string> JournalCheck::run() {
    // The parts a table has now, and those that its records tell of.
    std::unordered_set<std::uint64_t> tables;
    for (std::size_t i = 0; i < journal_.size(); ++i) {
        const Journal::Record& r = journal_[i];
        const Table* t = heap_.get<Table>(Value{r.owner});
        if (!t) continue;
        if (tables.insert(r.owner).second) note_parts(r.owner, *t);
        if (r.kind == Journal::Kind::Table) note_parts(r.owner, *Image<Table>(r).operator->());
    }
    std::unordered_map<std::uint64_t, std::uint32_t> epochs;
    for (std::size_t i = 0; i < journal_.size(); ++i) {
        const Journal::Record& r = journal_[i];
        if (r.owner != 0 && !heap_.alive(Value{r.owner})) continue;  // J2
        const char* what = transaction_.is_redundant(i) ? nullptr : problem(r);
        if (!what && r.epoch != 0) {
            std::uint32_t& last = epochs[r.owner];
            if (r.epoch < last) what = "goes back to an earlier epoch";
            last = r.epoch;
        }
        if (what) {
            char text[120];
            std::snprintf(text, sizeof text, "J1: record %zu of %016llx %s", i,
                          static_cast<unsigned long long>(r.owner), what);
            return text;
        }
    }
    return std::nullopt;
}
}  // namespace

std::optional<std::string> verify_heap(Heap& heap, const Transaction* transaction, HeapCheck check) {
    if (!transaction) return verify_heap(heap, check);
    const Journal& journal = transaction->journal();
    if (check.other_bytes) *check.other_bytes += journal.bytes();
    if (check.other_overhead) *check.other_overhead += transaction->overhead_bytes();
    if (auto problem = JournalCheck(heap, *transaction).run()) return problem;
    std::vector<HeapCheck::Backup> backups;
    std::unordered_set<std::uint64_t> seen;
    for (std::size_t i = 0; i < journal.size(); ++i) {
        const Journal::Record& r = journal[i];
        if (r.owner == 0) continue;
        if (!heap.alive(Value{r.owner})) continue;
        // The first image of what is older than the transaction is what a rollback ends with; later ones may be redundant.
        if (heap.pages().born_in_outermost(deref<void>(heap.base(), r.owner), sizeof(std::uint64_t))) continue;
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
    // Parts in the making belong to no object yet.
    transaction->growth().for_each_block(
        [&](const void* block, std::size_t bytes) { backups.push_back({0, block, bytes}); });
    if (const WorkUnderWay* work = transaction->work(); work && work->block()) {
        backups.push_back({0, work->block(), work->block_bytes()});
    }
    check.backups = backups;
    return verify_heap(heap, check);
}

}  // namespace arenite
