// Tests of heap/heap_dump.h: the dump is JSON for a reader that is not ours, and its totals are the accounting's.
#include "heap/heap_dump.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <arenite/vm.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

/// Runs a Python program on the dump; it must print "ok".
void expect_python(const std::string& dump, const std::string& program) {
    const std::string base = ::testing::TempDir() + "arenite_heap_dump_" + std::to_string(::getpid());
    std::ofstream(base + ".json") << dump;
    std::ofstream(base + ".py") << "import json, sys\nd = json.load(open(sys.argv[1]))\n" << program << "print('ok')\n";
    const std::string command = "python3 " + base + ".py " + base + ".json > " + base + ".out 2>&1";
    const int status = std::system(command.c_str());
    std::ifstream out(base + ".out");
    const std::string text((std::istreambuf_iterator<char>(out)), {});
    EXPECT_EQ(status, 0);
    EXPECT_EQ(text, "ok\n");
    for (const char* end : {".json", ".py", ".out"}) std::remove((base + end).c_str());
}

TEST(HeapDump, ParsesAndItsTotalsAreTheAccounts) {
    if (std::system("python3 -c pass 2>/dev/null") != 0) GTEST_SKIP() << "no python3";
    const auto vm = Vm::create();
    ASSERT_TRUE(vm);
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    Value function;
    const char* source =
        "marker = setmetatable({1, {}, x = 'quote \" slash \\\\ zero \\0 high \\255 newline \\n', [print] = true,"
        " [1.5] = {}}, {__index = {}})"
        " big = {} for i = 1, 5000 do big[i] = {} end long = ('x'):rep(100000)"
        " co = coroutine.create(function(...) local t = {...} coroutine.yield(t) end) coroutine.resume(co, marker)"
        " local n = 0 count = function() n = n + 1 end proxy = newproxy(true)"
        " debug.sethook(co, function() end, '', 1000)";
    ASSERT_TRUE(vm->load(source, "=dump", function)) << vm->failure().message;
    ASSERT_EQ(vm->call(function, {}), RunStatus::Finished) << vm->failure().message;
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    vm->full_collect();
    std::string dump;
    vm->dump_heap([&](std::string_view piece) { dump += piece; });
    const std::size_t used = vm->heap().pages().exact_used();
    const ByteBudget& budget = vm->heap().budget;
    EXPECT_EQ(vm->verify(), std::nullopt);
    expect_python(dump,
                  "o = {x['id']: x for x in d['objects']}\n"
                  "t = d['totals']\n"
                  "assert d['format'] == 'arenite-heap-1'\n"
                  "assert len(o) == len(d['objects']) == t['objects']\n"
                  "assert sum(x['bytes'] for x in d['objects']) == t['object_bytes']\n"
                  "assert t['object_bytes'] + t['string_table_bytes'] == t['used'] == " +
                      std::to_string(used) +
                      "\n"
                      "assert t['idle'] == " +
                      std::to_string(budget.idle()) + " and t['overhead'] == " + std::to_string(budget.overhead()) +
                      "\n"
                      // Every edge leads to an object of the dump, and every object is reached from a root.
                      "seen = set(); todo = [r['id'] for r in d['roots']]\n"
                      "while todo:\n"
                      "    i = todo.pop()\n"
                      "    if i in seen: continue\n"
                      "    seen.add(i); todo += [r['id'] for r in o[i]['refs']]\n"
                      "assert seen == set(o)\n"
                      "g = next(r['id'] for r in d['roots'] if r['name'] == 'globals')\n"
                      "edge = lambda i, n: next(o[r['id']] for r in o[i]['refs'] if r['name'] == n)\n"
                      "m = edge(g, 'marker')\n"
                      "assert m['type'] == 'table' and edge(m['id'], '(metatable)')['type'] == 'table'\n"
                      "assert edge(m['id'], 'x')['value'] == 'quote \" slash \\\\ zero \\0 high \\xff newline \\n'\n"
                      "assert edge(m['id'], '[2]')['type'] == edge(m['id'], '[1.5]')['type'] == 'table'\n"
                      "assert edge(m['id'], '(key) [function]')['type'] == 'native'\n"
                      "assert edge(g, 'long')['bytes'] > 100000 and len(edge(g, 'long')['value']) == 100\n"
                      "assert edge(g, 'co')['type'] == 'thread' and edge(g, 'proxy')['type'] == 'userdata'\n"
                      "assert edge(edge(g, 'co')['id'], '(hook)')['type'] == 'function'\n"
                      "assert any(o[r['id']]['type'] == 'cell' for r in edge(g, 'count')['refs'])\n");
}

}  // namespace
}  // namespace arenite
