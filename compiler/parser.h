// Recursive descent over Lua 5.1's grammar (§8), after lparser.c: the same checks in the same order, so the same texts
// are refused with the same words.
//
// One function at a time: its tree lives from its first token to its last, then the code generator makes a unit of it
// and the tree's memory is reused. Names are resolved while reading. What can be known only later, whether an upvalue's
// variable is ever assigned, is filled in when the variable's function ends (UpvalueUse). A function with a large tree is
// dealt with in parts (flush): what is not known of its variables by then is taken for granted.
//
// Recursion is bounded by enter_level at the same two places as PUC (chunk and subexpr); everything that can be long
// without being deep (statements, operators of a kind, suffixes, elseifs, lists) is a loop.
#pragma once

#include <cstdint>

#include "compiler/codegen.h"
#include "compiler/func_state.h"
#include "compiler/lexer.h"

namespace arenite::compiler {

class Parser {
public:
    Parser(Context& cx, const CompileLimits& limits);
    /// luaY_parser.
    [[nodiscard]] FunctionUnit* parse_main();
    /// Frees what the unit does not need, in slices. The parser is of no use then.
    void give_back();

private:
    struct VarList {
        Var* first = nullptr;
        Var* last = nullptr;
        std::uint32_t count = 0;
        void push(Var* v) {
            (last != nullptr ? last->next : first) = v;
            last = v;
            ++count;
        }
    };

    // Tokens (parser.cpp).
    [[nodiscard]] bool at(int kind) const { return lex_.t.kind == kind; }
    bool accept(int kind);
    void check(int kind);
    void expect(int kind);
    void expect_match(int what, int who, std::uint32_t where);
    [[nodiscard]] Atom* expect_name();
    [[noreturn]] void error_expected(int kind);
    [[noreturn]] void error_limit(const FuncState* fs, unsigned limit, const char* what);
    void enter_level() {
        if (__builtin_expect(++level_ > free_level_, 0)) {
            go_deeper();
        }
    }
    void go_deeper();
    void leave_level() { --level_; }
    [[nodiscard]] bool block_follows() const;

    // Variables (parser.cpp).
    [[nodiscard]] Var* declare(Atom* name, std::uint32_t ahead);
    void activate(Var* first);
    void leave_scope(std::uint32_t active);
    [[nodiscard]] std::uint32_t upvalue_index(FuncState* fs, Var* var);
    [[nodiscard]] Expr* resolve(Atom* name);

    // Functions (parser.cpp).
    void open_function(FuncState& fs);
    void flush(FuncState& fs);
    void move_variables();
    [[nodiscard]] FunctionUnit* close_function(FuncState& fs);
    void parameters();
    [[nodiscard]] Expr* function_body(bool needs_self, std::uint32_t line);

    // Statements (parser_stmt.cpp).
    void chunk(Block& block);
    void body(FuncState& fs);
    [[nodiscard]] bool next_statement(Block& block);
    void block(Block& block);
    [[nodiscard]] Stmt* statement();
    [[nodiscard]] Stmt* if_statement(std::uint32_t line);
    void if_clause(IfStmt& out, IfClause*& tail);
    [[nodiscard]] Stmt* while_statement(std::uint32_t line);
    [[nodiscard]] Stmt* repeat_statement(std::uint32_t line);
    [[nodiscard]] Stmt* for_statement(std::uint32_t line);
    void numeric_for(ForStmt& out, Atom* name);
    void generic_for(ForStmt& out, Atom* name);
    void for_body(ForStmt& out);
    [[nodiscard]] Stmt* function_statement(std::uint32_t line);
    [[nodiscard]] Stmt* local_function(std::uint32_t line);
    [[nodiscard]] Stmt* local_statement(std::uint32_t line);
    [[nodiscard]] Stmt* return_statement(std::uint32_t line);
    [[nodiscard]] Stmt* expression_statement(std::uint32_t line);
    [[nodiscard]] Stmt* assignment(std::uint32_t line, Expr* first);
    void check_assignable(Expr* e);

    // Expressions (parser_expr.cpp).
    [[nodiscard]] Expr* expression() { return subexpression(0); }
    [[nodiscard]] Expr* subexpression(unsigned limit);
    [[nodiscard]] Expr* simple_expression();
    [[nodiscard]] Expr* primary_expression();
    [[nodiscard]] Expr* prefix_expression();
    [[nodiscard]] Expr* field_of(Expr* object);
    [[nodiscard]] Expr* call_arguments(Expr* function);
    [[nodiscard]] Expr* table_constructor();
    void expression_list(ExprList& out);
    Expr* finish(Expr* e) {
        e->line = lex_.last_line;
        e->end = lex_.t.start;
        return e;
    }
    [[nodiscard]] Expr* node(ExprKind kind) { return tree_.make<Expr>(kind, lex_.last_line); }
    [[nodiscard]] WideExpr* wide_node(ExprKind kind) { return tree_.make<WideExpr>(kind, lex_.last_line); }

    Context& cx_;
    Lexer lex_;
    ScratchArena tree_;     ///< trees of the functions being read, innermost on top
    ScratchArena durable_;  ///< what outlives a function's tree
    CodeGen codegen_;
    ScratchVector<FunctionUnit*> units_;  ///< finished children of the functions being read, innermost on top
    ScratchVector<Var*> visible_;         ///< active variables of the functions being read
    ScratchVector<FunctionUnit*> patch_;  ///< units that read some upvalue through a cell
    FuncState* fs_ = nullptr;
    std::size_t level_ = 0;
    const CompileLimits& limits_;
    std::size_t free_level_;  ///< levels that are allowed and paid for
    Atom* arg_name_;
    Atom* self_name_;
    Atom* for_names_[6];

    void settle_upvalues(const Var* var);
    void patch_cell_reads();
};

}  // namespace arenite::compiler
