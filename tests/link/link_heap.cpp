// The heap library links without the transaction: objects are made, collected, verified and hashed.
#include "heap/collector.h"
#include "heap/content_hash.h"
#include "heap/factory.h"
#include "heap/heap_verifier.h"

int main() {
    arenite::HeapOptions options;
    options.address_range = std::size_t{1} << 26;
    arenite::Heap heap(options);
    if (!heap.ok()) return 1;
    const arenite::Value string = arenite::ObjectFactory::make_string(heap, "linked");
    const arenite::Handle<arenite::Table> table = arenite::ObjectFactory::make_table(heap, 4, 4);
    if (heap.string(string) != "linked" || !heap.get(table) || arenite::verify_heap(heap)) return 1;
    const std::uint64_t before = arenite::content_hash(heap);
    heap.collector().collect();
    return !heap.get(table) && arenite::content_hash(heap) == before ? 0 : 1;
}
