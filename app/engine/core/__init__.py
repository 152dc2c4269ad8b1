"""The pure rules: no clock, no ids, no I/O, no ORM, no globals."""
