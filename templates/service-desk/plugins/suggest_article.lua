-- The published article with the most keywords in a new ticket is proposed to whoever reads it.

on("ticket.before_create", function(ticket)
  if ticket.article then return end
  local said = text.fold(ticket.subject .. " " .. (ticket.details or ""))
  local best, most = nil, 0
  for article in find("article", "stage = 'published'") do
    local hits = 0
    for _, word in ipairs(article.keywords) do
      if contains(said, text.fold(word)) then hits = hits + 1 end
    end
    if hits > most then best, most = article, hits end
  end
  if not best then return end
  ticket.article = best
  explain("%s has %d of its keywords in the ticket", best.title, most)
end)
