<?php
// A shop's or a blog's plug-in: test the connection, find or create the customer, open a conversation and read it back,
// then page through conversations by offset until a page is short.
require __DIR__ . '/client.php';

$of = array('ping' => get('/application/status'), 'departments' => get('/departments'));
$department = $of['departments']['response']['departments'][0]['departmentid'];

$email = 'shopper+' . $world['run'] . '@example.com';
$of['unknown'] = get('/customers/' . urlencode($email));
$of['created'] = $of['unknown']['status'] === 200 ? null : post('/customers', array(
    'email' => $email,
    'name' => 'Sam Shopper',
    'role' => 'R',
    'customfields' => json_encode(array(array('code' => 'order', 'value' => '4711'))),
));
$of['found'] = get('/customers/' . urlencode($email));

for ($i = 1; $i <= 5; $i++) {
    $of['opened'] = post('/conversations', array(
        'useridentifier' => $email,
        'department' => $department,
        'subject' => "Order 4711, question $i",
        'recipient' => 'shop@example.com',
        'message' => "Where is <b>it</b>?\nQuestion $i",
        'do_not_send_mail' => 'Y',
    ));
}
$id = $of['opened']['response']['conversationid'];
$of['replied'] = post("/conversations/$id/messages", array('message' => 'And when?', 'useridentifier' => $email));
$of['messages'] = get("/conversations/$id/messages");

$of['pages'] = array();
for ($offset = 0; ; $offset += 2) {
    $page = get('/conversations', array('owneridentifier' => $email, 'limit' => 2, 'offset' => $offset));
    $of['pages'][] = array_column($page['response']['conversations'], 'subject');
    if (count($page['response']['conversations']) < 2) {
        break;
    }
}
echo json_encode($of);
