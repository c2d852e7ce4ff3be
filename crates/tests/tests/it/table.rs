//! A table that went out, as somebody writes in it before it comes back.

use keniki_app::sheet::read;
use keniki_app::sheet::write::{Book, Cell, Table};

/// The first sheet of a table as it went out.
pub struct Sheet {
    pub heads: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    pub fn of(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        std::fs::write(&path, bytes).unwrap();
        let mut rows = Vec::new();
        read::rows(&path, |row| {
            let is_first = row.sheet == 0;
            rows.extend(is_first.then_some(row.cells));
            is_first
        })
        .unwrap();
        Self {
            heads: rows.remove(0),
            rows,
        }
    }

    pub fn at(&self, head: &str) -> usize {
        let at = self.heads.iter().position(|it| it == head);
        at.unwrap_or_else(|| panic!("{head} of {:?}", self.heads))
    }

    pub fn put(&mut self, row: usize, head: &str, text: &str) {
        let at = self.at(head);
        let cells = &mut self.rows[row];
        cells.resize(self.heads.len(), String::new());
        text.clone_into(&mut cells[at]);
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut book = Book::new();
        let heads: Vec<&str> = self.heads.iter().map(String::as_str).collect();
        let sheet = book.add("表", &heads).unwrap();
        for row in &self.rows {
            let cells: Vec<Cell> = row.iter().map(|cell| cell.as_str().into()).collect();
            book.sheet(sheet).unwrap().row(&cells).unwrap();
        }
        book.into_bytes().unwrap()
    }
}
