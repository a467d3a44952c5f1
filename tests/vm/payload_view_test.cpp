// Tests of heap/payload_view.h. PV1 is the compiler's: tests/compile_fail/view_*.cpp.
#include "heap/payload_view.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>
#include <string>

#include <arenite/ref.h>
#include <arenite/vm.h>
#include "txn/payload_slots.h"
#include "vm/embed/host.h"

namespace arenite {
namespace {

struct Machine {
    std::unique_ptr<Vm> vm = Vm::create({});
    Handle<Table> table;

    Machine() {
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        table = vm->make_table(8, 0);
        EXPECT_TRUE(table);
        for (int i = 1; i <= 8; ++i) set(i);
    }
    /// Functions of their own, into which the compiler does not look when it checks their callers.
    void set(double key) {
        Table* t = vm->heap().get(table);
        ASSERT_EQ(vm->txn().raw_set(*t, Value::number(key), Value::number(key)), TableStatus::Ok);
    }
    void begin_another() {
        ASSERT_EQ(vm->commit(), TxnStatus::Ok);
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    }
};

TEST(PayloadView, ShowsWhatIsThere) {
    Machine m;
    {
        const ArrayView values(m.vm->heap(), m.table);
        ASSERT_EQ(values.size(), 8u);
        for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(values[i].as_number(), static_cast<double>(i) + 1);
    }
    {
        const ArraySlots slots(m.vm->txn(), m.vm->heap(), m.table);
        ASSERT_EQ(slots.size(), 8u);
        slots[3] = Value::number(44);
        slots.move(3, 2, 5);
        EXPECT_EQ(slots[2].as_number(), 44);
        EXPECT_EQ(slots[6].as_number(), 8);
    }
    const ArrayView none(m.vm->heap(), Handle<Table>{});
    EXPECT_TRUE(none.empty());
}

/// An old table has values to be read, but no slots until its first write has saved it.
TEST(PayloadView, SlotsAreThoseOfATableThatMayBeWritten) {
    Machine m;
    const Ref<Table> kept(*m.vm, Value::object(m.table));
    m.begin_another();
    {
        const ArraySlots slots(m.vm->txn(), m.vm->heap(), m.table);
        EXPECT_TRUE(slots.empty());
    }
    {
        const ArrayView values(m.vm->heap(), m.table);
        EXPECT_EQ(values.size(), 8u);
    }
    m.set(1);
    const ArraySlots slots(m.vm->txn(), m.vm->heap(), m.table);
    EXPECT_EQ(slots.size(), 8u);
}

#if defined(ARENITE_CHECKS)
TEST(PayloadView, PV2_AViewOverNewPartsIsFound) {
    Machine m;
    const ArrayView values(m.vm->heap(), m.table);
    EXPECT_EQ(values[0].as_number(), 1);
    m.set(9);  // the array part grows
    EXPECT_DEATH((void)values[0], "PV2");
}
/// The old parts are the transaction's backup: not freed, but a write to them would be one to the past.
TEST(PayloadView, PV2_AViewOverTheFirstWriteIsFound) {
    Machine m;
    const Ref<Table> kept(*m.vm, Value::object(m.table));
    m.begin_another();
    const ArrayView values(m.vm->heap(), m.table);
    EXPECT_EQ(values[0].as_number(), 1);
    m.set(1);
    EXPECT_DEATH((void)values[0], "PV2");
}
TEST(PayloadView, PV2_AViewOverTheEndOfItsOwnerIsFound) {
    Machine m;
    const ArrayView values(m.vm->heap(), m.table);
    EXPECT_EQ(values[0].as_number(), 1);
    m.vm->full_collect();
    EXPECT_DEATH((void)values[0], "PV2");
}
TEST(PayloadView, PV2_AnIndexBeyondTheEndIsFound) {
    Machine m;
    const ArrayView values(m.vm->heap(), m.table);
    EXPECT_DEATH((void)values[8], "PV2");
}
#endif

/// PV3. Reads the sources of all natives.
TEST(PayloadView, PV3_NoMemberIsAViewOrABarePointer) {
    namespace fs = std::filesystem;
    // A member or a constant of an object ends in an underscore here.
    const std::regex member(
        R"re(((Array|Buffer)(View|Slots|Bytes)|std::span<(const )?Value>|\b(Value|Node) ?\*)( const)? \w+_( =[^=].*)?;)re");
    std::string found;
    int files = 0;
    for (const char* folder : {"vm/lib", "redis_api/lib"}) {
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(ARENITE_SOURCE_DIR) / folder)) {
            if (!entry.is_regular_file()) continue;
            ++files;
            std::ifstream in(entry.path());
            for (std::string line; std::getline(in, line);) {
                if (std::regex_search(line, member)) found += entry.path().string() + ": " + line + "\n";
            }
        }
    }
    EXPECT_EQ(found, "");
    EXPECT_GT(files, 60);
    for (const char* line : {"    std::span<Value> plain_;", "    const std::span<const Value> plain_;",
                             "    ArrayView values_;", "    Value* at_ = nullptr;", "    const BufferView text_;"}) {
        EXPECT_TRUE(std::regex_search(line, member)) << line;
    }
}

}  // namespace
}  // namespace arenite
