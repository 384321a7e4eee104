/** What travels in every request and every event: one ordinary record, about 300 bytes once it stands in a frame. */
export const NOTE = {
  note_id: 'note-7c9e6679-7425-40de',
  author: 'ada@example.org',
  created_at: '2026-03-04T05:06:07.089Z',
  title: 'Groceries for the weekend',
  text: 'milk, bread, two lemons, and the coffee that the neighbours like',
  tags: ['home', 'shopping'],
  priority: 3,
  done: false,
} as const;

export const NOTE_TEXT = JSON.stringify(NOTE);
