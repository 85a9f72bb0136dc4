//! Which conversation a reply belongs to, whatever its client or a server on its way has made of it.

mod clients;
mod letter;
mod others;
mod subjects;
