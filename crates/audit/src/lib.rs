//! Weak, leaked and misplaced keys of a Django project: one file a rule.
