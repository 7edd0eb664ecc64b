//! A source file with all of its mutants in it, each behind its question.

use crate::mutant::{Mutant, State};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The new text, and what of it is there for which mutants.
pub struct Rewritten {
    pub text: String,
    fragments: Vec<Fragment>,
}

pub struct Fragment {
    /// Its bytes in the new text.
    place: Range<usize>,
    pub numbers: Vec<usize>,
    /// The bytes of the expression that it is made of, in the source; of a function's beginning none.
    pub source: Range<usize>,
}

impl Rewritten {
    /// The smallest fragment around these bytes of the new text. Without one, what is returned at the
    /// beginning of the function that they stand in.
    pub fn owner(&self, bytes: Range<usize>) -> Option<&Fragment> {
        let is_around = |f: &&Fragment| f.place.start <= bytes.start && bytes.end <= f.place.end;
        let is_before = |f: &&Fragment| f.source.is_empty() && f.place.end <= bytes.start;
        let around = self.fragments.iter().filter(is_around).min_by_key(|f| f.place.len());
        around.or_else(|| self.fragments.iter().filter(is_before).max_by_key(|f| f.place.end))
    }
}

/// The file with those of its mutants that may compile; marks those that stand in a constant.
pub fn rewrite(source: &str, numbers: &[usize], mutants: &mut [Mutant]) -> Rewritten {
    let mut finder = Finder::default();
    for &number in numbers {
        let mutant = &mutants[number];
        let site = (mutant.genre.clone(), mutant.range.start);
        finder.sites.entry(site).or_default().push(number);
    }
    finder.visit_file(&syn::parse_file(source).unwrap());
    for &number in finder.sites.values().flatten() {
        mutants[number].state = State::InConstant;
    }
    for &number in &finder.in_let_chains {
        mutants[number].state = State::DoesNotCompile;
    }
    let mut nodes = finder.nodes;
    // An outer expression before those inside of it.
    nodes.sort_by_key(|node| (node.range.start, !node.range.is_empty(), Reverse(node.range.end)));
    let mut writer =
        Writer { source, mutants, nodes: &nodes, text: String::new(), fragments: vec![] };
    let written = writer.write(0..source.len(), 0);
    assert_eq!(written, nodes.len());
    Rewritten { text: writer.text, fragments: writer.fragments }
}

/// An expression, or a place, with the mutants that there are of it.
struct Node {
    range: Range<usize>,
    kind: Kind,
    numbers: Vec<usize>,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Before the first statement of a function: returns something else.
    Function,
    /// After a pattern: the arm is not taken.
    Arm,
    Guard,
    /// Another operator, or none, or a field less: the mutant's bytes replaced within the expression.
    Expression,
}

#[derive(Default)]
struct Finder {
    /// By genre and first byte; what is left at the end stands in constants.
    sites: HashMap<(String, usize), Vec<usize>>,
    nodes: Vec<Node>,
    in_let_chains: Vec<usize>,
    constants: usize,
}

impl Finder {
    fn add(&mut self, genre: &str, at: usize, range: Range<usize>, kind: Kind) {
        if self.constants == 0
            && let Some(numbers) = self.sites.remove(&(genre.to_string(), at))
        {
            self.nodes.push(Node { range, kind, numbers });
        }
    }

    fn function(&mut self, block: &syn::Block) {
        if let Some(first) = block.stmts.first() {
            let at = first.span().byte_range().start;
            self.add("FnValue", at, at..at, Kind::Function);
        }
    }

    fn in_constant(&mut self, is_constant: bool, visit: impl FnOnce(&mut Self)) {
        self.constants += usize::from(is_constant);
        visit(self);
        self.constants -= usize::from(is_constant);
    }
}

/// Whether `let` is one of the conditions: such a chain cannot be put into brackets.
fn has_let(condition: &syn::Expr) -> bool {
    match condition {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

impl<'a> Visit<'a> for Finder {
    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.in_constant(true, |finder| visit::visit_item_const(finder, item));
    }
    fn visit_item_static(&mut self, item: &'a syn::ItemStatic) {
        self.in_constant(true, |finder| visit::visit_item_static(finder, item));
    }
    fn visit_impl_item_const(&mut self, item: &'a syn::ImplItemConst) {
        self.in_constant(true, |finder| visit::visit_impl_item_const(finder, item));
    }
    fn visit_trait_item_const(&mut self, item: &'a syn::TraitItemConst) {
        self.in_constant(true, |finder| visit::visit_trait_item_const(finder, item));
    }
    fn visit_type_array(&mut self, item: &'a syn::TypeArray) {
        self.in_constant(true, |finder| visit::visit_type_array(finder, item));
    }
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.in_constant(item.sig.constness.is_some(), |finder| {
            finder.function(&item.block);
            visit::visit_item_fn(finder, item);
        });
    }
    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.in_constant(item.sig.constness.is_some(), |finder| {
            finder.function(&item.block);
            visit::visit_impl_item_fn(finder, item);
        });
    }
    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(block);
        }
        visit::visit_trait_item_fn(self, item);
    }
    fn visit_expr_binary(&mut self, item: &'a syn::ExprBinary) {
        let at = item.op.span().byte_range().start;
        if has_let(&item.left) || has_let(&item.right) {
            self.in_let_chains
                .extend(self.sites.remove(&("BinaryOperator".into(), at)).unwrap_or_default());
        }
        let range = item.left.span().byte_range().start..item.right.span().byte_range().end;
        self.add("BinaryOperator", at, range, Kind::Expression);
        visit::visit_expr_binary(self, item);
    }
    fn visit_expr_unary(&mut self, item: &'a syn::ExprUnary) {
        let at = item.op.span().byte_range().start;
        self.add("UnaryOperator", at, at..item.expr.span().byte_range().end, Kind::Expression);
        visit::visit_expr_unary(self, item);
    }
    fn visit_expr_struct(&mut self, item: &'a syn::ExprStruct) {
        for field in &item.fields {
            let at = field.span().byte_range().start;
            self.add("StructField", at, item.span().byte_range(), Kind::Expression);
        }
        visit::visit_expr_struct(self, item);
    }
    fn visit_arm(&mut self, item: &'a syn::Arm) {
        let (at, end) = (item.span().byte_range().start, item.pat.span().byte_range().end);
        self.add("MatchArm", at, end..end, Kind::Arm);
        if let Some((_, guard)) = &item.guard {
            let range = guard.span().byte_range();
            self.add("MatchArmGuard", range.start, range, Kind::Guard);
        }
        visit::visit_arm(self, item);
    }
}

struct Writer<'a> {
    source: &'a str,
    mutants: &'a [Mutant],
    nodes: &'a [Node],
    text: String,
    fragments: Vec<Fragment>,
}

impl Writer<'_> {
    /// The bytes of `range` with all nodes in it, of which the first is `next`; which one is next then.
    fn write(&mut self, range: Range<usize>, mut next: usize) -> usize {
        let mut at = range.start;
        while let Some(node) = self.nodes.get(next).filter(|node| node.range.start < range.end) {
            self.text.push_str(&self.source[at..node.range.start]);
            at = node.range.end;
            next += 1;
            let begin = self.text.len();
            match node.kind {
                Kind::Function => {
                    self.choices(node, |mutant| format!("{{ return {}; }} ", mutant.replacement))
                }
                Kind::Arm => self.choices(node, |_| "{ false } else { true } ".into()),
                Kind::Guard | Kind::Expression => {
                    self.text.push('(');
                    let source = self.source;
                    self.choices(node, |mutant| {
                        let (before, after) = (
                            node.range.start..mutant.range.start,
                            mutant.range.end..node.range.end,
                        );
                        format!(
                            "{{ {}{}{} }} else ",
                            &source[before], mutant.replacement, &source[after]
                        )
                    });
                    self.text.push_str("{ ");
                    next = self.write(node.range.clone(), next);
                    self.text.push_str(" })");
                    self.keep(begin, node, node.numbers.clone());
                }
            }
        }
        self.text.push_str(&self.source[at..range.end]);
        next
    }

    fn choices(&mut self, node: &Node, then: impl Fn(&Mutant) -> String) {
        for &number in &node.numbers {
            let begin = self.text.len();
            let before = if matches!(node.kind, Kind::Arm) { " if " } else { "" };
            let then = then(&self.mutants[number]);
            self.text.push_str(&format!("{before}if crate::__mutant({number}) {then}"));
            self.keep(begin, node, vec![number]);
        }
    }

    fn keep(&mut self, begin: usize, node: &Node, numbers: Vec<usize>) {
        let place = begin..self.text.len();
        self.fragments.push(Fragment { place, numbers, source: node.range.clone() });
    }
}
