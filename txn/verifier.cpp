#include "txn/verifier.h"

#include <cstdio>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "heap/visit.h"
#include "txn/saved_object.h"

namespace arenite {

namespace {
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
        if (r.kind == Journal::Kind::Table) note_parts(r.owner, *SavedObject<Table>(r));
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

/// Lists the blocks of a saved object.
class BackupLister : public IdleVisitor {
public:
    BackupLister(std::uint64_t owner, std::vector<HeapCheck::Backup>& backups) : owner_(owner), backups_(backups) {}
    void block(const char*, const void* block, std::size_t bytes) { backups_.push_back({owner_, block, bytes}); }

private:
    std::uint64_t owner_;
    std::vector<HeapCheck::Backup>& backups_;
};
}  // namespace

std::optional<std::string> verify_heap(Heap& heap, const Transaction* transaction, HeapCheck check) {
    if (!transaction) return verify_heap(heap, check);
    const Journal& journal = transaction->journal();
    if (check.other_bytes) *check.other_bytes += journal.bytes();
    if (check.other_overhead) *check.other_overhead += transaction->overhead_bytes();
    if (auto problem = JournalCheck(heap, *transaction).run()) return problem;
    std::vector<HeapCheck::Backup> backups(check.backups.begin(), check.backups.end());
    std::unordered_set<std::uint64_t> seen;
    for (std::size_t i = 0; i < journal.size(); ++i) {
        const Journal::Record& r = journal[i];
        if (r.owner == 0 || transaction->is_redundant(i)) continue;
        if (!heap.alive(Value{r.owner})) continue;
        // The first image of what is older than the transaction is what a rollback ends with; later ones may be
        // redundant.
        if (heap.pages().born_in_outermost(deref<void>(heap.base(), r.owner), sizeof(std::uint64_t))) continue;
        const auto add = [&]<class T>(const T& saved) {
            if (!seen.insert(r.owner).second) return;
            BackupLister lister(r.owner, backups);
            visit_parts(saved, lister);
        };
        switch (r.kind) {
            case Journal::Kind::Table: add(*SavedObject<Table>(r)); break;
            case Journal::Kind::Cell: add(*SavedObject<Cell>(r)); break;
            case Journal::Kind::Userdata: add(*SavedObject<Userdata>(r)); break;
            case Journal::Kind::Buffer: add(*SavedObject<Buffer>(r)); break;
            case Journal::Kind::Thread: add(*SavedObject<Thread>(r)); break;
            case Journal::Kind::Values:
            case Journal::Kind::Nodes:
            case Journal::Kind::Words: break;
        }
    }
    // Parts under construction belong to no object yet.
    transaction->growth().for_each_block(
        [&](const void* block, std::size_t bytes) { backups.push_back({0, block, bytes}); });
    if (const WorkUnderWay* work = transaction->work(); work && work->block()) {
        backups.push_back({0, work->block(), work->block_bytes()});
    }
    check.backups = backups;
    return verify_heap(heap, check);
}

}  // namespace arenite
