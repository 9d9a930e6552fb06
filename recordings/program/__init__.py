"""The one program of a live session: what its stage shows and says, composed, encoded and cut into parts."""
