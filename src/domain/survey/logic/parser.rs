//! From the text of a condition to its tree:
//!
//! ```text
//! condition = all { "or" all }
//! all       = single { "and" single }
//! single    = "not" single | "(" condition ")" | "true" | "false"
//!           | "answered" "(" name ")" | "chosen" "(" name "," text { "," text } ")"
//!           | value sign value | value [ "not" ] "in" "[" literal { "," literal } "]"
//! ```

use super::super::Reason;
use super::expression::{Constant, Expr, Literal, Mark, Name, Term, Trouble};
use super::lexer::{self, Token};

/// How deep brackets and `not` may stand in each other: the tree is walked by functions that call
/// themselves, and must not use up the stack.
pub const DEEPEST: usize = 32;

/// Words that no name consists of; a question that is called so is written `answer.…`.
const RESERVED: &[&str] = &["and", "or", "not", "in", "true", "false", "answered", "chosen"];

pub(super) fn parse(text: &str) -> Result<Expr, Trouble> {
    let mut parser = Parser { tokens: lexer::cut(text)?, next: 0, depth: 0 };
    let expr = parser.condition()?;
    match parser.peek() {
        (_, Token::End) => Ok(expr),
        _ => Err(parser.unexpected("and, or")),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> (usize, &Token) {
        // The last token is the end, which nobody steps over.
        self.tokens.get(self.next).or(self.tokens.last()).map_or((0, &Token::End), |(at, token)| (*at, token))
    }

    fn step(&mut self) -> (usize, Token) {
        let (at, token) = self.peek();
        let taken = (at, token.clone());
        self.next += 1;
        taken
    }

    fn unexpected(&self, expected: &str) -> Trouble {
        let (at, token) = self.peek();
        let found = match token {
            Token::Word(word) => word.clone(),
            Token::Number(x) => Literal::from(Constant::Number(*x)).to_string(),
            Token::Text(text) => Literal::from(Constant::Text(text.clone())).to_string(),
            Token::Date(day) => Literal::from(Constant::Date(*day)).to_string(),
            Token::Sign(sign) => sign.as_str().to_owned(),
            Token::Mark(mark) => mark.to_string(),
            Token::End => "∎".to_owned(),
        };
        Trouble {
            at,
            reason: Reason::ExpressionSyntax,
            args: vec![("found", found), ("expected", expected.to_owned())],
        }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek().1, Token::Word(found) if found == word)
    }

    /// Steps over a word if it is there.
    fn took(&mut self, word: &str) -> bool {
        let there = self.is_word(word);
        self.next += usize::from(there);
        there
    }

    fn mark(&mut self, mark: char) -> Result<(), Trouble> {
        if *self.peek().1 == Token::Mark(mark) {
            self.next += 1;
            return Ok(());
        }
        Err(self.unexpected(&mark.to_string()))
    }

    fn condition(&mut self) -> Result<Expr, Trouble> {
        let first = self.all()?;
        if !self.is_word("or") {
            return Ok(first);
        }
        let mut any = vec![first];
        while self.took("or") {
            any.push(self.all()?);
        }
        Ok(Expr::Or(any))
    }

    fn all(&mut self) -> Result<Expr, Trouble> {
        let first = self.single()?;
        if !self.is_word("and") {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.took("and") {
            all.push(self.single()?);
        }
        Ok(Expr::And(all))
    }

    fn single(&mut self) -> Result<Expr, Trouble> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let args = vec![("max", DEEPEST.to_string())];
            return Err(Trouble { at: self.peek().0, reason: Reason::ExpressionTooDeep, args });
        }
        let expr = self.innermost()?;
        self.depth -= 1;
        Ok(expr)
    }

    fn innermost(&mut self) -> Result<Expr, Trouble> {
        if self.took("not") {
            return Ok(Expr::Not(Box::new(self.single()?)));
        }
        if self.took("true") {
            return Ok(Expr::Truth(true));
        }
        if self.took("false") {
            return Ok(Expr::Truth(false));
        }
        if self.took("answered") {
            self.mark('(')?;
            let name = self.name()?;
            self.mark(')')?;
            return Ok(Expr::Answered(name));
        }
        if self.took("chosen") {
            self.mark('(')?;
            let name = self.name()?;
            let mut choices = Vec::new();
            while choices.is_empty() || *self.peek().1 == Token::Mark(',') {
                self.mark(',')?;
                choices.push(self.literal()?);
            }
            self.mark(')')?;
            return Ok(Expr::Chosen(name, choices));
        }
        if *self.peek().1 == Token::Mark('(') {
            self.next += 1;
            let inner = self.condition()?;
            self.mark(')')?;
            return Ok(inner);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expr, Trouble> {
        let left = self.term()?;
        if let Token::Sign(how) = *self.peek().1 {
            self.next += 1;
            return Ok(Expr::Compare(left, how, self.term()?));
        }
        let is = !self.took("not");
        if !self.took("in") {
            return Err(self.unexpected("==, !=, <, <=, >, >=, in"));
        }
        self.mark('[')?;
        let mut list = vec![self.literal()?];
        while *self.peek().1 == Token::Mark(',') {
            self.next += 1;
            list.push(self.literal()?);
        }
        self.mark(']')?;
        Ok(Expr::In(left, is, list))
    }

    fn term(&mut self) -> Result<Term, Trouble> {
        match self.peek().1 {
            Token::Word(_) => self.name().map(Term::Name),
            _ => self.literal().map(Term::Literal),
        }
    }

    fn name(&mut self) -> Result<Name, Trouble> {
        match self.peek().1 {
            Token::Word(word) if !RESERVED.contains(&word.as_str()) => {
                let (at, token) = self.step();
                let Token::Word(text) = token else { return Err(self.unexpected("abc")) };
                Ok(Name { text, at: Mark(at) })
            }
            _ => Err(self.unexpected("abc")),
        }
    }

    fn literal(&mut self) -> Result<Literal, Trouble> {
        let value = match self.peek().1 {
            Token::Number(x) => Constant::Number(*x),
            Token::Text(text) => Constant::Text(text.clone()),
            Token::Date(day) => Constant::Date(*day),
            _ => return Err(self.unexpected("123, \"abc\", 2026-01-31")),
        };
        let (at, _) = self.step();
        Ok(Literal { value, at: Mark(at) })
    }
}
