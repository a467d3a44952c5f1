// Vm: what hosts see of a Host.
#include <arenite/vm.h>

#include <new>
#include <utility>

#include "vm/embed/host.h"

namespace arenite {

Vm::Vm() = default;
Vm::~Vm() = default;

std::unique_ptr<Vm> Vm::create(const VmOptions& options) {
    std::unique_ptr<Vm> vm(new (std::nothrow) Vm());
    if (vm) vm->host_ = Host::create(*vm, options);
    return vm && vm->host_ ? std::move(vm) : nullptr;
}

TxnStatus Vm::begin() {
    return host_->begin();
}
TxnStatus Vm::commit(CommitMode mode) {
    return host_->commit(mode);
}
TxnStatus Vm::rollback() {
    return host_->rollback();
}
bool Vm::load(std::string_view source, std::string_view chunk_name, Value& function, bool binary_allowed) {
    return host_->load(source, chunk_name, function, binary_allowed);
}
bool Vm::start(Value function, std::span<const Value> args, bool yieldable, Value message_handler) {
    return host_->start(function, args, yieldable, message_handler);
}
std::uint64_t Vm::run_number() const {
    return host_->run_number();
}
bool Vm::running() const {
    return host_->running();
}
RunStatus Vm::step(std::uint64_t budget) {
    return host_->step(budget);
}
bool Vm::resume(std::span<const Value> values) {
    return host_->resume(values);
}
void Vm::kill(std::string_view reason, Failure::Kind kind) {
    host_->kill(reason, kind);
}
void Vm::set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) {
    host_->set_deadline(deadline);
}
RunStatus Vm::status() const {
    return host_->status();
}
TxnStatus Vm::rollback_to(std::size_t number) {
    return host_->rollback_to(number);
}
void Vm::set_exact(bool on) {
    host_->set_exact(on);
}
RunStatus Vm::call(Value function, std::span<const Value> args) {
    return host_->call(function, args);
}
std::span<const Value> Vm::results() const {
    return host_->results();
}
Value Vm::error() const {
    return host_->error();
}
const Failure& Vm::failure() const {
    return host_->failure();
}
int Vm::exit_code() const {
    return host_->exit_code();
}
void Vm::interrupt() noexcept {
    host_->interrupt();
}
void Vm::clear_interrupt() noexcept {
    host_->clear_interrupt();
}
bool Vm::interrupted() const noexcept {
    return host_->interrupted();
}
bool Vm::over_time() const {
    return host_->over_time();
}
std::int64_t Vm::work_left() const {
    return host_->work_left();
}
bool Vm::run_all_finalizers(std::uint64_t work_limit) {
    return host_->run_all_finalizers(work_limit);
}
Value Vm::make_string(std::string_view bytes) {
    return host_->make_string(bytes);
}
Handle<Table> Vm::make_table(std::uint32_t array, std::uint32_t hash) {
    return host_->make_table(array, hash);
}
Value Vm::globals() const {
    return host_->globals();
}
Value Vm::make_native(NativeFn fn, const char* name, std::span<const Value> upvalues) {
    return host_->make_native(fn, name, upvalues);
}
bool Vm::set_field(Handle<Table> t, std::string_view name, Value v) {
    return host_->set_field(t, name, v);
}
Value Vm::get_field(Handle<Table> t, std::string_view name) {
    return host_->get_field(t, name);
}
std::string Vm::to_display(Value v) const {
    return host_->to_display(v);
}
std::string Vm::traceback(std::string_view message, int level) const {
    return host_->stack_traceback(message, level);
}
bool Vm::register_module(std::string_view name, NativeFn open) {
    return host_->register_module(name, open);
}
bool Vm::open_library(void (*open)(LibraryBuilder&)) {
    return host_->open_library(open);
}
bool Vm::check(Value v) const {
    return host_->check(v);
}
const VmOptions& Vm::options() const {
    return host_->options();
}
void Vm::full_collect() {
    host_->full_collect();
}
std::optional<std::string> Vm::verify() {
    return host_->verify();
}
void Vm::dump_heap(const std::function<void(std::string_view)>& sink) {
    host_->dump_heap(sink);
}
std::uint64_t Vm::content_hash() const {
    return host_->content_hash();
}
std::uint64_t Vm::state_hash() const {
    return host_->state_hash();
}

bool Vm::set_index(Handle<Table> t, std::int64_t key, Value v) {
    return host_->set_index(t, key, v);
}
Value Vm::get_index(Handle<Table> t, std::int64_t key) {
    return host_->get_index(t, key);
}
std::string_view Vm::string(Value v) const {
    return v.is_string() && host_->check(v) ? heap().string(v) : std::string_view();
}
std::size_t Vm::memory_used() const {
    return heap().budget.used();
}
void Vm::set_memory_limit(std::size_t bytes) {
    heap().budget.set_limit(bytes);
}
bool Vm::hold_memory(std::size_t bytes) {
    return host_->hold_memory(bytes);
}
void Vm::release_memory(std::size_t bytes) {
    host_->release_memory(bytes);
}

VmExtension* Vm::find_extension(const void* tag) const {
    return host_->find_extension(tag);
}
VmExtension& Vm::add_extension(const void* tag, std::unique_ptr<VmExtension> extension) {
    return host_->add_extension(tag, std::move(extension));
}

Machine& Vm::machine() {
    return *host_;
}
const Machine& Vm::machine() const {
    return *host_;
}
Heap& Vm::heap() {
    return host_->heap();
}
const Heap& Vm::heap() const {
    return std::as_const(*host_).heap();
}
Transaction& Vm::txn() {
    return host_->txn();
}

}  // namespace arenite
