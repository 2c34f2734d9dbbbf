"""What procurement takes into the room: needs over time, and what a deal makes of them."""
