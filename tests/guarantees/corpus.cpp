#include "corpus.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <utility>

#include "arena/sanitizers.h"

#ifndef ARENITE_SOURCE_DIR
#error "ARENITE_SOURCE_DIR must be defined as a string by the build"
#endif

namespace arenite::guarantees {

namespace {

class Tried final : public testing::Environment {
public:
    void TearDown() override {
        for (const auto& [what, n] : counts) std::printf("tried: %s: %llu\n", what.c_str(), n);
        std::error_code ignored;
        std::filesystem::remove(scratch_file(), ignored);
    }
    std::map<std::string, unsigned long long> counts;
};

Tried& tried() {
    static Tried* const environment = dynamic_cast<Tried*>(testing::AddGlobalTestEnvironment(new Tried));
    return *environment;
}

[[maybe_unused]] const Tried& kRegistered = tried();  // before main(): gtest wants it so

std::string slurp(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    EXPECT_TRUE(stream) << path;
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

std::string folder() {
    return ARENITE_SOURCE_DIR "/tests/guarantees";
}

std::string read_file(const std::string& name) {
    return slurp(folder() + "/" + name);
}

std::string scratch_file() {
    static const std::string path =
        std::filesystem::temp_directory_path() / ("arenite-guarantees-" + std::to_string(getpid()));
    return path;
}

const std::vector<Script>& corpus() {
    static const std::vector<Script> all = [] {
        std::vector<Script> scripts;
        for (const auto& entry : std::filesystem::directory_iterator(folder() + "/corpus")) {
            if (entry.path().extension() != ".lua") continue;
            Script s;
            s.name = entry.path().stem();
            s.text = slurp(entry.path());
            s.only_here = s.text.starts_with("-- Only here:");
            s.sparse = s.text.starts_with("-- Sparse:");
            scripts.push_back(std::move(s));
        }
        std::sort(scripts.begin(), scripts.end(), [](const Script& a, const Script& b) { return a.name < b.name; });
        return scripts;
    }();
    return all;
}

bool full_run() {
    const char* wanted = std::getenv("ARENITE_GUARANTEES");
    return wanted && std::string_view(wanted) == "full";
}

std::uint64_t quick_samples(const Script& script) {
#if defined(ARENITE_STRESS)
    return script.sparse ? 2 : 4;
#elif defined(ARENITE_SLOW_TESTS)
    return script.sparse ? 5 : 60;
#else
    return script.sparse ? 10 : 200;
#endif
}

std::vector<std::uint64_t> sample(std::uint64_t total, const Script& script) {
    const std::uint64_t all_below = full_run() ? (script.sparse ? 200 : 20'000) : 0;
    const std::uint64_t more = full_run() ? (script.sparse ? 100 : 5'000) : quick_samples(script);
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t n = 1; n <= std::min(total, all_below); ++n) numbers.push_back(n);
    if (total <= all_below) return numbers;
    const std::uint64_t rest = total - all_below;
    if (rest <= more) {
        for (std::uint64_t n = all_below + 1; n <= total; ++n) numbers.push_back(n);
        return numbers;
    }
    std::uint64_t random = 0x9E37'79B9'7F4A'7C15ull ^ total;  // one of each of `more` equal pieces
    for (std::uint64_t i = 0; i < more; ++i) {
        random = random * 6364136223846793005ull + 1442695040888963407ull;
        const std::uint64_t from = rest * i / more;
        const std::uint64_t to = rest * (i + 1) / more;
        numbers.push_back(all_below + 1 + from + (random >> 33) % (to - from));
    }
    if (numbers.back() != total) numbers.push_back(total);
    return numbers;
}

void count_tried(const char* what, std::uint64_t n) {
    tried().counts[what] += n;
}

World::World(bool catchable_memory_errors) {
    VmOptions options;
    options.heap.hash_seed = 1;  // two of them go through large tables in the same order
    options.heap.memory_limit = kMemoryLimit;
    options.output = [this](std::string_view bytes) { output_ += bytes; };
    options.memory_errors_catchable = catchable_memory_errors;
    options.max_frames = 20'000;
    vm_ = Vm::create(options);
    if (!vm_) {
        ADD_FAILURE() << "no Vm";
        return;
    }
    vm_->heap().slice_sizes = kSmallSlices;
    EXPECT_EQ(run("TMP = '" + scratch_file() + "'", "=tmp", true), "");
    EXPECT_EQ(run(read_file("setup.lua"), "=setup", true), "");
    vm_->full_collect();
    expected_check_ = run(read_file("check.lua"), "=check", false);
    EXPECT_NE(expected_check_, "");
}

bool World::start(std::string_view text, const std::string& chunk_name) {
    Value f = Value::nil();
    return vm_->load(text, chunk_name, f) && vm_->start(f, {});
}

std::string World::run(std::string_view text, const std::string& chunk_name, bool keep) {
    output_.clear();
    EXPECT_EQ(vm_->begin(), TxnStatus::Ok);
    bool good = start(text, chunk_name);
    while (good && vm_->status() == RunStatus::Suspended) vm_->step(1'000'000);
    good = good && vm_->status() == RunStatus::Finished;
    std::string all = take_output();
    if (!good) all += "failed: " + vm_->failure().message;
    EXPECT_EQ(keep && good ? vm_->commit() : vm_->rollback(), TxnStatus::Ok);
    return all;
}

World::State World::state(const std::string& when) {
    EXPECT_EQ(vm_->verify(), std::nullopt) << when;  // flushes the page heap's caches, too
    return {vm_->content_hash(), vm_->heap().pages().exact_used(), vm_->heap().budget.used()};
}

void World::check(const std::string& when) {
    EXPECT_EQ(run(read_file("check.lua"), "=check", false), expected_check_) << when;
}

std::string script_name(const testing::TestParamInfo<Script>& info) {
    return info.param.name;
}

void PrintTo(const Script& script, std::ostream* out) {
    *out << script.name;
}

}  // namespace arenite::guarantees
