//! Against the list of the Cabinet Office.
