// From a function's tree to its unit: PUC's lcode.c with other instructions.
//
// The generator walks the tree in the order of the source and keeps, as lcode.c does, a descriptor (Exp) of where the
// value of an expression is, so that code for it is only emitted when it is known where the value should go: operands
// stay in local variables' registers or in the constant table, results are computed into their target, conditions
// become jumps. The order of evaluation that a program can observe is PUC's (Lua 5.1 §2.5 leaves it open):
//
//  CG1. A local variable used as an operand is read when the operation happens, not when it is mentioned: in `a + f()`,
//      what f assigns to the upvalue a counts. Cells keep to that: GETCELL is emitted just before the operation.
//  CG2. In an assignment, tables and keys of the targets are evaluated first, left to right, then the values, then the
//      stores happen from right to left.
//  CG3. Registers are a stack: free_reg_ grows with the temporaries of an expression and shrinks to active_ at the end
//      of each statement. Register i < active_ is the i-th active local variable.
//  CG4. No recursion along what can be long without being deep: left operands and call suffixes are walked by loops.
#pragma once

#include <cstdint>

#include "compiler/code_buffer.h"
#include "compiler/context.h"
#include "compiler/func_state.h"
#include "heap/function_unit.h"

namespace arenite::compiler {

/// Where the value of an expression is (expdesc in lparser.h).
enum class ExpKind : std::uint8_t {
    Void,
    Nil,
    True,
    False,
    Number,    ///< number
    String,    ///< atom
    Local,     ///< register reg, a local variable's
    Cell,      ///< in the cell that register reg, a local variable's, holds
    Upvalue,   ///< upvalue reg
    Global,    ///< atom
    Indexed,   ///< reg[key], still to be read or written
    Jump,      ///< true if the branch at pc is taken
    Open,      ///< the instruction at pc will put it wherever its operand a says
    Register,  ///< in register reg, a temporary's
    Call,      ///< the call at pc returns it; its number of results is open
    Vararg,    ///< the VARARG at pc
};
enum class KeyKind : std::uint8_t { Register, Cell, Field, Integer };

struct Exp {
    ExpKind kind = ExpKind::Void;
    KeyKind key_kind = KeyKind::Register;  ///< Indexed
    bool table_in_cell = false;            ///< Indexed
    std::uint32_t key = 0;                 ///< Indexed: register, constant or integer
    union {
        std::uint32_t reg;
        std::uint32_t pc;
    };
    union {
        double number = 0;
        Atom* atom;
    };
    JumpList if_true;   ///< jumps out of the expression with a true value
    JumpList if_false;  ///< ... with a false one
    Exp() : reg(0) {}
    Exp(ExpKind k, std::uint32_t r) : kind(k), reg(r) {}
    [[nodiscard]] bool has_jumps() const { return !if_true.empty() || !if_false.empty(); }
    [[nodiscard]] bool is_number() const { return kind == ExpKind::Number && !has_jumps(); }
    [[nodiscard]] bool is_constant() const { return kind >= ExpKind::Nil && kind <= ExpKind::String && !has_jumps(); }
    [[nodiscard]] bool is_multi() const { return kind == ExpKind::Call || kind == ExpKind::Vararg; }
};

class CodeGen {
public:
    explicit CodeGen(Context& cx) : cx_(cx), code_(cx.mr, cx.pauses), spine_(cx.mr), targets_(cx.mr), locals_(cx.mr) {}

    /// The finished function. `children` are the units of the functions inside it, in order.
    [[nodiscard]] FunctionUnit* generate(const FuncState& fs, FunctionUnit* const* children, std::size_t child_count) {
        begin(fs);
        add_statements(fs, children);
        return finish(fs, children, child_count);
    }
    // The same in parts, for functions that are large (Parser::flush): begin(), each time add_statements() with the
    // next statements in fs.body and the children there are, finish().
    void begin(const FuncState& fs);
    void add_statements(const FuncState& fs, FunctionUnit* const* children);
    [[nodiscard]] FunctionUnit* finish(const FuncState& fs, FunctionUnit* const* children, std::size_t child_count);
    /// Between two parts: of the variables that were visible at the end of the last one, those that were in their
    /// registers but have become cells since are in cells from here on. `active` are those visible now, in the order of
    /// registers.
    void move_to_cells(Var* const* active);

    /// Frees its scratch, in slices.
    void give_back() {
        code_.give_back();
        cx_.pauses.free(spine_);
        cx_.pauses.free(targets_);
        cx_.pauses.free(locals_);
    }

private:
    // Functions, scopes and statements (codegen.cpp, codegen_stmt.cpp).
    void prologue(const FuncState& fs);
    void activate(const Var* first);
    void activate_one(const Var* v, std::uint32_t start_pc);
    void make_cells(const Var* first);
    void leave_scope(std::uint32_t active);
    void block(const Block& b);
    void statements(const Stmt* first);
    void statement(const Stmt* s);
    void local_statement(const LocalStmt& s);
    void local_function(const LocalFunctionStmt& s);
    void function_statement(const FunctionStmt& s);
    void assignment(const AssignStmt& s);
    void resolve_conflict(const Exp& v);
    void call_statement(const CallStmt& s);
    void while_statement(const LoopStmt& s);
    void repeat_statement(const LoopStmt& s);
    void if_statement(const IfStmt& s);
    void numeric_for(const ForStmt& s);
    void generic_for(const ForStmt& s);
    [[nodiscard]] JumpList loop_body(const ForStmt& s);
    [[nodiscard]] static bool breaks_at_once(const IfStmt& s);
    [[nodiscard]] static bool ends_control(const Block& b);
    void return_statement(const ReturnStmt& s);
    void emit_return(unsigned first, unsigned count);
    void adjust(std::uint32_t wanted, std::uint32_t count, Exp& last);
    std::uint32_t expression_list(const ExprList& list, Exp& last);
    [[nodiscard]] JumpList condition(const Expr* e);

    // The tree of an expression (codegen_expr.cpp).
    void expression(const Expr* e, Exp& v);
    void leaf(const Expr* e, Exp& v);
    void binary(const Expr* e, Exp& v);
    void suffixed(const Expr* e, Exp& v);
    void index(const Expr* e, Exp& v);
    void self(const Expr* e, Exp& v);
    void call(const Expr* e, Exp& v);
    void table(const Expr* e, Exp& v);
    void table_field(const Expr* k, const Expr* v, unsigned table);

    // Operators (codegen_op.cpp).
    void prefix(UnOp op, Exp& v);
    void infix(BinOp op, Exp& v);
    void postfix(BinOp op, Exp& v, Exp& right);
    [[nodiscard]] static bool fold(BinOp op, Exp& v, const Exp& right);
    void arithmetic(BinOp op, Exp& v, Exp& right);
    void equality(BinOp op, Exp& v, Exp& right);
    void order(BinOp op, Exp& v, Exp& right);
    void concat(Exp& v, Exp& right);
    void negate(Exp& v);

    // Values and registers (codegen_value.cpp).
    void reserve(unsigned n);
    void need(unsigned n);
    void free_register(std::uint32_t reg);
    void free_value(const Exp& v);
    void free_values(const Exp& v, const Exp& w);
    void discharge(Exp& v);
    void discharge_indexed(Exp& v);
    [[nodiscard]] unsigned read_cell(std::uint32_t reg);
    struct Place {
        unsigned table, key;
    };
    [[nodiscard]] Place read_place(const Exp& v);
    void discharge_to(Exp& v, unsigned reg);
    void discharge_anywhere(Exp& v);
    void to_register(Exp& v, unsigned reg);
    void to_next_register(Exp& v);
    unsigned to_any_register(Exp& v);
    void to_value(Exp& v);
    void to_operand(Exp& v);  ///< constant, variable or register; cells stay unread (CG1)
    void set_results(Exp& v, std::uint32_t count);
    void one_result(Exp& v);
    void all_results(Exp& v) { set_results(v, kMulti); }
    void load_nil(unsigned from, unsigned count);
    [[nodiscard]] bool nil_before_start(unsigned from) const;
    [[nodiscard]] bool nil_joins_earlier(unsigned from);
    void claim_zero(const Exp& v);
    void indexed(Exp& v, Exp& key);
    void store(const Exp& target, Exp& value);
    void jump_if_false(Exp& v);  ///< luaK_goiftrue: falls through when true
    void jump_if_true(Exp& v);   ///< luaK_goiffalse
    [[nodiscard]] std::uint32_t branch_on(Exp& v, bool condition);
    /// Index of a constant, if it fits into a 16-bit operand.
    [[nodiscard]] bool constant_operand(const Exp& v, std::uint32_t& k);
    [[nodiscard]] bool field_operand(Atom* name, std::uint32_t& k);
    [[nodiscard]] std::uint32_t constant_index(const Exp& v);

    /// Replays PUC's clock: what comes next is emitted when the tokens of `e` have been consumed, and `skip` more.
    void after(const Expr* e, unsigned skip = 0) { clock(e->line, e->end, skip); }
    void clock(std::uint32_t line, std::uint32_t offset, unsigned skip) {
        code_.line = line;
        where_ = offset;
        where_skip_ = skip;
    }
    [[noreturn]] void too_complex();

    Context& cx_;
    CodeBuffer code_;
    ScratchVector<const Expr*> spine_;  ///< nodes on the way down to the leftmost operand
    ScratchVector<Exp> targets_;
    ScratchVector<UnitLocal> locals_;
    std::uint32_t active_locals_[kMaxLocals] = {};  ///< index into locals_ of each active variable
    const FuncState* fs_ = nullptr;
    FunctionUnit* const* children_ = nullptr;
    JumpList* breaks_ = nullptr;  ///< of the innermost loop
    bool loop_seen_ = false;      ///< a loop has begun in the function
    std::uint32_t active_ = 0;
    std::uint32_t free_reg_ = 0;
    std::uint32_t max_stack_ = 2;
    std::uint32_t where_ = 0;  ///< source offset of the token PUC would be reading ...
    unsigned where_skip_ = 0;  ///< ... or this many tokens before it
};

}  // namespace arenite::compiler
